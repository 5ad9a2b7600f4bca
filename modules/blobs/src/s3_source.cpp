// SPDX-License-Identifier: AGPL-3.0-or-later
#include "s3_source.hpp"

#include <algorithm>
#include <cstring>
#include <thread>

namespace soundhub::blobs {
namespace {

S3Call get_call(std::string key) {
  return {.name = "GetObject", .method = "GET", .key = std::move(key)};
}

tl::unexpected<Error> damaged(const BlobKey& key, const std::string& what) {
  return fail(Errc::internal, "blob.damaged", key.hex() + " " + what);
}

}  // namespace

Result<std::unique_ptr<ByteSource>> S3Source::open(S3Client& client, const BlobKey& key) {
  std::unique_ptr<S3Source> source{new S3Source{client, key}};
  SH_CHECK(source->open_first());
  return source;
}

// One request for most blobs: learns the size and has the beginning.
Result<void> S3Source::open_first() {
  auto call = get_call(client_.object_key("objects", key_.hex()));
  call.headers.emplace_back("range", "bytes=0-" + std::to_string(window_bytes - 1));
  SH_TRY(auto reply, client_.send(call));
  if (reply.status == 404 && parse_failure(reply.body).code != "NoSuchBucket")
    return fail(Errc::not_found, "blob.not_found", key_.hex());
  if (reply.status == 416) return renew_tag();  // no byte 0: it should be empty
  if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
  if (reply.status == 206) {
    const auto range = parse_content_range(reply.header("content-range"));
    if (!range || range->first != 0 || range->last + 1 != reply.body.size())
      return fail(Errc::unavailable, "blob.unreachable", "a range that wasn't asked for");
    size_bytes_ = range->total;
  } else {  // a service without ranges
    size_bytes_ = reply.body.size();
  }
  tag_ = reply.header("etag");
  window_ = std::move(reply.body);
  // Small blobs are known to be sound before anything of them is handed out.
  return window_.size() == size_bytes_ ? check(0, as_bytes(window_)) : Result<void>{};
}

Result<S3Reply> S3Source::get(std::uint64_t first, std::optional<std::uint64_t> last) {
  for (bool renewed = false;; renewed = true) {
    auto call = get_call(client_.object_key("objects", key_.hex()));
    call.headers.emplace_back("range", "bytes=" + std::to_string(first) + "-" + (last ? std::to_string(*last) : ""));
    if (!tag_.empty()) call.headers.emplace_back("if-match", tag_);
    SH_TRY(auto reply, client_.open(call));
    if (reply.status == 412 && !renewed) {
      SH_CHECK(renew_tag());
      continue;
    }
    if (reply.status == 404) return fail(Errc::not_found, "blob.not_found", key_.hex());
    if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
    const auto range = parse_content_range(reply.header("content-range"));
    if (reply.status != 206 || !range || range->first != first || range->last != last.value_or(size_bytes_ - 1))
      return fail(Errc::unavailable, "blob.unreachable", "a range that wasn't asked for");
    if (range->total != size_bytes_) return damaged(key_, "has changed its size");
    return reply;
  }
}

// The same bytes put again (by copying them onto themselves) may have another tag.
Result<void> S3Source::renew_tag() {
  const S3Call call{.name = "HeadObject", .method = "HEAD", .key = client_.object_key("objects", key_.hex())};
  SH_TRY(const auto reply, client_.send(call));
  if (reply.status == 404) return fail(Errc::not_found, "blob.not_found", key_.hex());
  if (!reply.ok()) return tl::unexpected(S3Client::refusal(call, reply));
  if (parse_count(reply.header("content-length")) != size_bytes_) return damaged(key_, "has changed its size");
  tag_ = reply.header("etag");
  return {};
}

Result<std::size_t> S3Source::read(std::uint64_t offset, std::span<std::byte> out) {
  if (damaged_) return damaged(key_, "isn't what its name says");
  std::size_t filled = 0;
  while (filled < out.size() && offset + filled < size_bytes_) {
    SH_TRY(const auto got, next(offset + filled, out.subspan(filled)));
    filled += got;
  }
  SH_CHECK(check(offset, out.first(filled)));
  expected_ = offset + filled;
  return filled;
}

Result<std::size_t> S3Source::next(std::uint64_t offset, std::span<std::byte> out) {
  if (const auto got = from_window(offset, out); got > 0) return got;
  const bool continues = stream_ && offset == stream_at_;
  const bool sequential = continues || offset == expected_ || offset == window_at_ + window_.size();
  if (sequential && size_bytes_ - offset > window_bytes) return from_stream(offset, out);
  if (continues) return from_stream(offset, out);
  SH_CHECK(fetch_window(offset, std::max<std::uint64_t>(window_bytes, std::min<std::uint64_t>(out.size(), 1 << 20))));
  return from_window(offset, out);
}

std::size_t S3Source::from_window(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset < window_at_ || offset >= window_at_ + window_.size()) return 0;
  const auto piece = std::string_view{window_}.substr(static_cast<std::size_t>(offset - window_at_), out.size());
  std::memcpy(out.data(), piece.data(), piece.size());
  return piece.size();
}

// A reply that breaks off is asked for again, as a whole: it is short.
Result<void> S3Source::fetch_window(std::uint64_t offset, std::uint64_t bytes) {
  const auto last = std::min(offset + bytes, size_bytes_) - 1;
  const auto began = std::chrono::steady_clock::now();
  for (int attempt = 0;; ++attempt) {
    SH_TRY(auto reply, get(offset, last));
    std::string body;
    const auto failure = reply.stream->drain(body, static_cast<std::size_t>(bytes));
    if (!failure && body.size() == last + 1 - offset) {
      window_ = std::move(body);
      window_at_ = offset;
      return {};
    }
    if (!client_.again(attempt, began))
      return fail(Errc::unavailable, "blob.unreachable", failure ? failure->what : "a reply of another length");
    std::this_thread::sleep_for(client_.pause(attempt));
  }
}

Result<void> S3Source::open_stream(std::uint64_t offset) {
  stream_.reset();
  SH_TRY(auto reply, get(offset, std::nullopt));
  stream_ = std::move(reply.stream);
  stream_at_ = offset;
  return {};
}

Result<std::size_t> S3Source::from_stream(std::uint64_t offset, std::span<std::byte> out) {
  const auto began = std::chrono::steady_clock::now();
  for (int attempt = 0;; ++attempt) {
    if (!stream_ || stream_at_ != offset) SH_CHECK(open_stream(offset));
    const auto failure = stream_->waiting().empty() ? stream_->fill() : std::nullopt;
    if (const auto waiting = stream_->waiting().substr(0, out.size()); !waiting.empty()) {
      const auto size = waiting.size();
      std::memcpy(out.data(), waiting.data(), size);
      stream_->take(size);
      stream_at_ += size;
      if (stream_at_ == size_bytes_) stream_.reset();
      return size;
    }
    stream_.reset();
    if (!client_.again(attempt, began))
      return fail(Errc::unavailable, "blob.unreachable", failure ? failure->what : "ended early");
    std::this_thread::sleep_for(client_.pause(attempt));
  }
}

// Hashes what continues the part hashed so far.
Result<void> S3Source::check(std::uint64_t offset, BytesView bytes) {
  const auto end = offset + bytes.size();
  if (!sound_ && offset <= hashed_to_ && end > hashed_to_) {
    hash_.update(bytes.subspan(static_cast<std::size_t>(hashed_to_ - offset)));
    hashed_to_ = end;
  }
  if (sound_ || hashed_to_ < size_bytes_) return {};
  const BlobKey found{hash_.finish()};
  sound_ = found == key_;
  damaged_ = !sound_;
  return damaged_ ? damaged(key_, "holds " + found.hex()) : Result<void>{};
}

}  // namespace soundhub::blobs
