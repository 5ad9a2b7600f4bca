// SPDX-License-Identifier: AGPL-3.0-or-later
#include "s3_upload.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "soundhub/base/sha256.hpp"

namespace soundhub::blobs {
namespace {

HttpBody body_of(const Spool& spool, std::uint64_t first, std::uint64_t size) {
  return {size, [&spool, first](std::uint64_t at, std::span<std::byte> out) {
            return spool.read(first + at, out).value_or(0);
          }};
}

Result<std::string> hash_of(const Spool& spool, std::uint64_t first, std::uint64_t size) {
  Sha256 hash;
  Bytes buffer(256 * 1024);
  for (std::uint64_t at = 0; at < size;) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - at));
    SH_TRY(const auto got, spool.read(first + at, std::span{buffer}.first(most)));
    if (got == 0) return fail(Errc::internal, "internal", "a temporary file ended early");
    hash.update(BytesView{buffer}.first(got));
    at += got;
  }
  return to_hex(hash.finish());
}

}  // namespace

Result<void> S3Upload::run(const Spool& spool, const Blob& blob) {
  return blob.size_bytes > part_bytes ? put_in_parts(spool, blob) : put(spool, blob);
}

Result<void> S3Upload::put(const Spool& spool, const Blob& blob) {
  S3Call call{.name = "PutObject", .method = "PUT", .key = key_, .query = {}, .headers = headers_};
  call.headers.emplace_back("content-type", "application/octet-stream");
  call.body = body_of(spool, 0, blob.size_bytes);
  call.body_sha256 = blob.key.hex();
  SH_TRY(const auto reply, client_.send(call));
  if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
  return {};
}

Result<void> S3Upload::put_in_parts(const Spool& spool, const Blob& blob) {
  SH_TRY(const auto id, create());
  const auto done = [&]() -> Result<void> {
    SH_TRY(const auto tags, put_parts(spool, id));
    return complete(id, tags, blob);
  }();
  if (done) return {};
  // If this fails too, abandon() and the bucket's lifecycle rule take it.
  static_cast<void>(abort(id));
  return done;
}

Result<std::string> S3Upload::create() {
  S3Call call{
      .name = "CreateMultipartUpload", .method = "POST", .key = key_, .query = {{"uploads", ""}}, .headers = headers_};
  call.headers.emplace_back("content-type", "application/octet-stream");
  SH_TRY(const auto reply, client_.send(call));
  if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
  return parse_upload_id(reply.body);
}

Result<std::vector<std::string>> S3Upload::put_parts(const Spool& spool, const std::string& id) {
  const auto count = static_cast<std::size_t>((spool.size() + part_bytes - 1) / part_bytes);
  std::vector<std::string> tags(count);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::optional<Error> broken;
  const auto work = [&] {
    for (std::size_t index = next++; index < count; index = next++) {
      auto tag = put_part(spool, id, index);
      const std::lock_guard lock{mutex};
      if (broken) return;
      if (tag)
        tags[index] = *std::move(tag);
      else
        broken = tag.error();
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::min<std::size_t>(parallel, count); ++i) others.emplace_back(work);
    work();
  }
  if (broken) return tl::unexpected(*broken);
  return tags;
}

Result<std::string> S3Upload::put_part(const Spool& spool, const std::string& id, std::size_t index) {
  const auto first = index * part_bytes, size = std::min(part_bytes, spool.size() - first);
  S3Call call{.name = "UploadPart",
              .method = "PUT",
              .key = key_,
              .query = {{"partNumber", std::to_string(index + 1)}, {"uploadId", id}}};
  SH_TRY(call.body_sha256, hash_of(spool, first, size));
  call.body = body_of(spool, first, size);
  SH_TRY(const auto reply, client_.send(call));
  if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
  const auto tag = reply.header("etag");
  if (tag.empty()) return fail(Errc::unavailable, "blob.unreachable", "a part without ETag");
  return tag;
}

Result<void> S3Upload::complete(const std::string& id, const std::vector<std::string>& tags, const Blob& blob) {
  S3Call call{.name = "CompleteMultipartUpload", .method = "POST", .key = key_, .query = {{"uploadId", id}}};
  call.headers.emplace_back("content-type", "application/xml");
  call.text = "<CompleteMultipartUpload>";
  for (std::size_t i = 0; i < tags.size(); ++i) {
    // ETags are quoted hex; nothing else of a stranger's goes into our XML.
    std::string tag = tags[i];
    std::erase_if(tag, [](char c) { return c == '<' || c == '&' || c == '>' || c == '"'; });
    call.text += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>\"" + tag + "\"</ETag></Part>";
  }
  call.text += "</CompleteMultipartUpload>";
  SH_TRY(const auto reply, client_.send(call));
  // An earlier try may have done it without our hearing of it: what counts is what is there.
  SH_TRY(const bool there, is_there(blob));
  if (there) return {};
  if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
  return fail(Errc::unavailable, "blob.unreachable", "a blob of another size came of its parts");
}

Result<bool> S3Upload::is_there(const Blob& blob) {
  const S3Call call{.name = "HeadObject", .method = "HEAD", .key = key_};
  SH_TRY(const auto reply, client_.send(call));
  return reply.ok() && parse_count(reply.header("content-length")) == blob.size_bytes;
}

Result<void> S3Upload::abort(const std::string& id) {
  const S3Call call{.name = "AbortMultipartUpload", .method = "DELETE", .key = key_, .query = {{"uploadId", id}}};
  SH_TRY(const auto reply, client_.send(call));
  if (!reply.ok() && reply.status != 404) return tl::unexpected(S3Client::refusal(call, reply));
  return {};
}

}  // namespace soundhub::blobs
