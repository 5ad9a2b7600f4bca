// SPDX-License-Identifier: AGPL-3.0-or-later
#include "answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "conditional.hpp"
#include "gzip.hpp"
#include "range.hpp"
#include "soundhub/base/log.hpp"
#include "soundhub/http/static_files.hpp"
#include "text.hpp"

namespace soundhub::http {
namespace {

bool is_read(const Request& request) {
  return request.method == Method::get || request.method == Method::head;
}

/// A line break in a value would let whoever supplied it write fields of their own.
std::string clean(std::string_view text) {
  std::string out{text};
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; }, ' ');
  return out;
}

void add_vary(Headers& headers, std::string_view name) {
  const auto present = headers.find("Vary");
  if (!present) return headers.set("Vary", std::string{name});
  bool listed = false;
  split(*present, ',', [&](std::string_view item) { listed = listed || equal_no_case(trim(item), name); });
  if (!listed) headers.set("Vary", std::string{*present} + ", " + std::string{name});
}

Validators validators_of(const Headers& headers) {
  Validators out;
  if (const auto etag = headers.find("ETag")) out.etag = std::string{*etag};
  if (const auto date = headers.find("Last-Modified")) out.modified = parse_http_date(*date);
  return out;
}

/// One answer in the making.
class Work {
 public:
  Work(const Request& request, Response response) : request_{request}, response_{std::move(response)} {}

  Answer run() {
    if (auto* text = std::get_if<std::string>(&response_.body))
      from_text(std::move(*text));
    else if (auto* source = std::get_if<std::unique_ptr<ByteSource>>(&response_.body))
      from_source(std::move(*source));
    else
      from_events(std::move(std::get<EventBody>(response_.body)));
    answer_.status = response_.status;
    write_head();
    if (request_.method == Method::head) drop_body();
    return std::move(answer_);
  }

 private:
  Headers& headers() { return response_.headers; }

  void drop_body() {
    answer_.pieces.clear();
    answer_.source.reset();
    answer_.events.reset();
  }

  void become(int status, std::string_view key) {
    Headers kept;
    for (const auto& [name, value] : headers())
      if (!equal_no_case(name.substr(0, 8), "Content-") && !equal_no_case(name, "Cache-Control")) kept.add(name, value);
    auto other = problem(status, key);
    for (const auto& [name, value] : other.headers) kept.add(name, value);
    response_ = {status, std::move(kept), std::string{}};
    plain_text(std::get<std::string>(std::move(other.body)));
  }

  /// Whether the request's conditions let the representation be sent at all.
  bool settled_by_condition() {
    if (!is_read(request_) || response_.status != 200) return false;
    switch (evaluate(request_.headers, validators_of(headers()))) {
      case Condition::proceed:
        return false;
      case Condition::failed:
        become(412, "http.precondition_failed");
        return true;
      case Condition::not_modified:
        response_.status = 304;
        return true;
    }
    return false;
  }

  void plain_text(std::string text) {
    if (headers().find("Content-Type") == "application/problem+json") add_request_id(text);
    length_ = text.size();
    if (!text.empty()) answer_.pieces.emplace_back(std::move(text));
  }

  void add_request_id(std::string& text) const {
    if (!text.ends_with('}') || text.find("\"request_id\"") != std::string::npos) return;
    text.pop_back();
    text += text.ends_with('{') ? "\"request_id\":" : ",\"request_id\":";
    append_json_string(text, request_.id);
    text += '}';
  }

  /// gzip is another representation, so a strong tag must differ; a weak one may stay (RFC 9110 8.8.3).
  void tag_as_gzip() {
    const auto tag = headers().find("ETag");
    if (!tag || tag->starts_with("W/") || tag->size() < 2) return;
    headers().set("ETag", std::string{tag->substr(0, tag->size() - 1)} + "-gz\"");
  }

  void from_text(std::string text) {
    const bool worth = text.size() >= least_gzip_bytes && !headers().find("Content-Encoding") &&
                       compressible(headers().find("Content-Type").value_or(""));
    if (worth) add_vary(headers(), "Accept-Encoding");
    const bool zip = worth && accepted_encodings(request_.header("Accept-Encoding")).gzip;
    const auto tag = headers().find("ETag");
    const std::optional<std::string> identity_tag = tag ? std::optional{std::string{*tag}} : std::nullopt;
    if (zip) tag_as_gzip();
    if (settled_by_condition()) return;
    auto zipped = zip ? gzip(text) : std::nullopt;
    if (zipped) headers().set("Content-Encoding", "gzip");
    if (zip && !zipped && identity_tag) headers().set("ETag", *identity_tag);
    plain_text(zipped ? *std::move(zipped) : std::move(text));
  }

  void from_source(std::unique_ptr<ByteSource> source) {
    if (settled_by_condition()) return;
    const auto size = source ? source->size() : 0;
    answer_.source = std::move(source);
    if (response_.status == 200) {
      headers().set("Accept-Ranges", "bytes");
      if (send_ranges(size)) return;
    }
    length_ = size;
    if (size > 0) answer_.pieces.emplace_back(Span{0, size});
  }

  bool send_ranges(std::uint64_t size) {
    const auto wanted = request_.header("Range");
    if (request_.method != Method::get || !wanted || !range_allowed(request_.headers, validators_of(headers())))
      return false;
    const auto choice = choose_ranges(*wanted, size);
    if (choice.kind == RangeChoice::Kind::whole) return false;
    if (choice.kind == RangeChoice::Kind::unsatisfiable) {
      become(416, "http.range_unsatisfiable");
      headers().set("Content-Range", fmt::format("bytes */{}", size));
      return true;
    }
    response_.status = 206;
    if (choice.ranges.size() == 1)
      send_one(choice.ranges.front(), size);
    else
      send_many(choice.ranges, size);
    return true;
  }

  void send_one(const ByteRange& range, std::uint64_t size) {
    length_ = range.last - range.first + 1;
    headers().set("Content-Range", fmt::format("bytes {}-{}/{}", range.first, range.last, size));
    answer_.pieces.emplace_back(Span{range.first, length_});
  }

  /// multipart/byteranges (RFC 9110 14.6). The request id serves as a delimiter that nobody could foresee.
  void send_many(const std::vector<ByteRange>& ranges, std::uint64_t size) {
    const auto boundary = "range-" + request_.id;
    const std::string type{headers().find("Content-Type").value_or("application/octet-stream")};
    length_ = 0;
    std::string before;
    for (const auto& range : ranges) {
      const Span span{range.first, range.last - range.first + 1};
      before += fmt::format("--{}\r\nContent-Type: {}\r\nContent-Range: bytes {}-{}/{}\r\n\r\n", boundary, clean(type),
                            range.first, range.last, size);
      length_ += before.size() + span.size;
      answer_.pieces.emplace_back(std::move(before));
      answer_.pieces.emplace_back(span);
      before = "\r\n";
    }
    before += fmt::format("--{}--\r\n", boundary);
    length_ += before.size();
    answer_.pieces.emplace_back(std::move(before));
    headers().set("Content-Type", "multipart/byteranges; boundary=" + boundary);
  }

  void from_events(EventBody events) {
    answer_.events = std::move(events);
    headers().set("Content-Type", "text/event-stream; charset=utf-8");
    headers().set("Cache-Control", "no-store");
    headers().set("X-Accel-Buffering", "no");
  }

  bool has_length() const { return !answer_.events && response_.status != 204 && response_.status != 304; }

  void write_head() {
    auto& out = answer_.head;
    out.reserve(512);
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nDate: {}\r\n", response_.status,
                   reason_phrase(response_.status), to_http_date(std::time(nullptr)));
    if (has_length()) fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", length_);
    if (!request_.id.empty()) fmt::format_to(std::back_inserter(out), "X-Request-Id: {}\r\n", request_.id);
    constexpr std::array<std::string_view, 5> ours{"Content-Length", "Transfer-Encoding", "Connection", "Date",
                                                   "X-Request-Id"};
    for (const auto& [name, value] : headers())
      if (std::none_of(ours.begin(), ours.end(),
                       [&header = name](std::string_view own) { return equal_no_case(own, header); }))
        fmt::format_to(std::back_inserter(out), "{}: {}\r\n", clean(name), clean(value));
  }

  const Request& request_;
  Response response_;
  Answer answer_;
  std::uint64_t length_{};
};

}  // namespace

Answer work_out(const Request& request, Response response) {
  return Work{request, std::move(response)}.run();
}

}  // namespace soundhub::http
