// SPDX-License-Identifier: AGPL-3.0-or-later
#include "s3_store.hpp"

#include <algorithm>
#include <thread>

#include "s3_source.hpp"
#include "s3_upload.hpp"
#include "s3_writer.hpp"

namespace soundhub::blobs {
namespace {

// A removal takes a second; a mark older than this is a dead sweeper's.
constexpr std::chrono::minutes dead_mark{10};
constexpr int rounds = 20;

S3Call call_of(std::string name, std::string method, std::string key) {
  return {.name = std::move(name), .method = std::move(method), .key = std::move(key)};
}

tl::unexpected<Error> not_there(const BlobKey& key) {
  return fail(Errc::not_found, "blob.not_found", key.hex());
}

tl::unexpected<Error> contested(const BlobKey& key) {
  return fail(Errc::unavailable, "blob.unreachable", key.hex() + " is being removed by somebody who doesn't end");
}

}  // namespace

Result<std::unique_ptr<BlobStore>> open_s3(S3Options options) {
  SH_TRY(auto client, S3Client::make(std::move(options)));
  return std::make_unique<S3Store>(std::move(client));
}

Result<std::unique_ptr<BlobWriter>> S3Store::begin() {
  return std::make_unique<S3Writer>(*this, client_->options().spool_folder);
}

Result<std::unique_ptr<ByteSource>> S3Store::open(const BlobKey& key) {
  return S3Source::open(*client_, key);
}

Result<std::optional<S3Store::Held>> S3Store::head(const std::string& object) {
  const auto call = call_of("HeadObject", "HEAD", object);
  SH_TRY(const auto reply, client_->send(call));
  if (reply.status == 404) return std::nullopt;
  if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
  const auto size = parse_count(reply.header("content-length"));
  const auto modified = parse_http_time(reply.header("last-modified"));
  const auto now = parse_http_time(reply.header("date"));
  if (!size || !modified) return fail(Errc::unavailable, "blob.unreachable", "HeadObject without size or date");
  return Held{*size, *modified, now.value_or(SystemClock{}.now()) - *modified};
}

Result<Blob> S3Store::stat(const BlobKey& key) {
  SH_TRY(const auto held, head(object_of(key)));
  if (!held) return not_there(key);
  return Blob{key, held->size_bytes};
}

sigv4::Pairs S3Store::encryption() const {
  const auto& options = client_->options();
  sigv4::Pairs headers;
  if (!options.encryption.empty()) headers.emplace_back("x-amz-server-side-encryption", options.encryption);
  if (!options.kms_key_id.empty())
    headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", options.kms_key_id);
  return headers;
}

// Whoever removes marks the key first and looks at the age then; whoever puts makes the blob young first and looks
// for a mark then. So one of the two sees the other (docs/decisions/010).
Result<void> S3Store::adopt(const Spool& spool, const Blob& blob) {
  for (int round = 0; round < rounds; ++round) {
    SH_TRY(const auto held, head(object_of(blob.key)));
    if (!held || held->size_bytes != blob.size_bytes) return upload(spool, blob);
    if (held->age < client_->options().limits.fresh) return {};
    SH_TRY(const bool renewed, renew(blob.key));
    if (!renewed) SH_CHECK(upload(spool, blob));
    SH_CHECK(wait_for_removal(blob.key));
    SH_TRY(const auto stays, head(object_of(blob.key)));
    if (stays) return {};
  }
  return contested(blob.key);
}

Result<void> S3Store::upload(const Spool& spool, const Blob& blob) {
  return S3Upload{*client_, object_of(blob.key), encryption()}.run(spool, blob);
}

// Copied onto itself, which makes it young; false if the service won't (it is put again then).
Result<bool> S3Store::renew(const BlobKey& key) {
  auto call = call_of("CopyObject", "PUT", object_of(key));
  call.headers = encryption();
  call.headers.emplace_back("x-amz-copy-source",
                            "/" + sigv4::encode(client_->options().bucket) + "/" + sigv4::encode_path(call.key));
  call.headers.emplace_back("x-amz-metadata-directive", "REPLACE");
  call.headers.emplace_back("content-type", "application/octet-stream");
  SH_TRY(const auto reply, client_->send(call));
  return reply.ok();
}

Result<void> S3Store::wait_for_removal(const BlobKey& key) {
  for (int round = 0; round < rounds; ++round) {
    SH_TRY(const auto held, head(mark_of(key)));
    if (!held || held->age > dead_mark) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds{250});
  }
  return contested(key);
}

Result<void> S3Store::each_object(const std::string& prefix,
                                  const std::function<Result<void>(const S3Object&)>& visit) {
  for (std::string token;;) {
    auto call = call_of("ListObjectsV2", "GET", "");
    call.query = {{"list-type", "2"}, {"prefix", prefix}, {"max-keys", "1000"}};
    if (!token.empty()) call.query.emplace_back("continuation-token", token);
    SH_TRY(const auto reply, client_->send(call));
    if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
    SH_TRY(auto page, parse_page(reply.body));
    for (const auto& object : page.objects) SH_CHECK(visit(object));
    if (page.next.empty()) return {};
    token = std::move(page.next);
  }
}

Result<void> S3Store::list(const std::function<Result<void>(const Listed&)>& visit) {
  return each_object(client_->options().prefix + "objects/", [&](const S3Object& object) -> Result<void> {
    const auto key = BlobKey::parse(object.key.substr(object.key.rfind('/') + 1));
    if (!key) return {};
    return visit({.blob = {*key, object.size_bytes}, .put_at = object.modified});
  });
}

// False: somebody else is at it.
Result<bool> S3Store::mark(const BlobKey& key) {
  auto call = call_of("PutObject", "PUT", mark_of(key));
  call.headers = encryption();
  SH_TRY(const auto there, head(call.key));
  if (there && there->age < dead_mark) return false;
  if (!there) call.headers.emplace_back("if-none-match", "*");
  SH_TRY(auto reply, client_->send(call));
  if (reply.status == 501) {  // a service without conditions on PUT: its sweepers aren't kept apart
    std::erase_if(call.headers, [](const auto& header) { return header.first == "if-none-match"; });
    SH_TRY(reply, client_->send(call));
  }
  if (reply.status == 412 || reply.status == 409) return false;
  if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
  return true;
}

Result<void> S3Store::erase(const std::string& object, bool once) {
  auto call = call_of("DeleteObject", "DELETE", object);
  call.once = once;
  SH_TRY(const auto reply, client_->send(call));
  if (!reply.ok() && reply.status != 404) return tl::unexpected(S3Client::refusal(call, reply));
  return {};
}

Result<bool> S3Store::remove(const BlobKey& key, Time older_than) {
  SH_TRY(const auto held, head(object_of(key)));
  if (!held) return true;
  if (held->modified >= older_than) return false;
  SH_TRY(const bool ours, mark(key));
  if (!ours) return false;
  auto gone = remove_marked(key, older_than);
  SH_CHECK(erase(mark_of(key)));
  return gone;
}

// No second try without another look at the age: the first may have worked without our hearing of it, and the same
// bytes may have been put since.
Result<bool> S3Store::remove_marked(const BlobKey& key, Time older_than) {
  for (int attempt = 0;; ++attempt) {
    SH_TRY(const auto held, head(object_of(key)));
    if (!held) return true;
    if (held->modified >= older_than) return false;
    const auto done = erase(object_of(key), true);
    if (done) return true;
    if (attempt + 1 >= client_->options().limits.attempts) return tl::unexpected(done.error());
    std::this_thread::sleep_for(client_->pause(attempt));
  }
}

Result<std::optional<std::string>> S3Store::link(const BlobKey& key, const LinkOptions& options) {
  sigv4::Pairs query;
  if (!options.content_type.empty()) query.emplace_back("response-content-type", options.content_type);
  if (!options.disposition.empty()) query.emplace_back("response-content-disposition", options.disposition);
  SH_TRY(auto url, client_->presign(object_of(key), query, options.expires));
  return std::optional{std::move(url)};
}

// Marks and uploads of processes that died.
Result<std::uint64_t> S3Store::abandon(Time older_than) {
  std::uint64_t ended = 0;
  const auto& prefix = client_->options().prefix;
  SH_CHECK(each_object(prefix + "removing/", [&](const S3Object& object) -> Result<void> {
    if (object.modified >= older_than) return {};
    ++ended;
    return erase(object.key);
  }));
  auto call = call_of("ListMultipartUploads", "GET", "");
  call.query = {{"uploads", ""}, {"prefix", prefix + "objects/"}};
  SH_TRY(const auto reply, client_->send(call));
  if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
  SH_TRY(const auto uploads, parse_uploads(reply.body));
  for (const auto& upload : uploads) {
    if (upload.begun >= older_than) continue;
    SH_CHECK(S3Upload(*client_, upload.key, {}).abort(upload.id));
    ++ended;
  }
  return ended;
}

Result<void> S3Store::check() {
  auto call = call_of("ListObjectsV2", "GET", "");
  call.query = {{"list-type", "2"}, {"prefix", client_->options().prefix}, {"max-keys", "1"}};
  SH_TRY(const auto reply, client_->send(call));
  if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
  SH_CHECK(parse_page(reply.body));
  return {};
}

}  // namespace soundhub::blobs
