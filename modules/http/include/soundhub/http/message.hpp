// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "soundhub/base/byte_io.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options };
std::string_view to_string(Method method);  ///< "GET" … "DELETE", "OPTIONS"

/// Header fields in the order they came; names compare without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_{fields} {}
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value);                 ///< replaces all of that name
  std::optional<std::string_view> find(std::string_view name) const;  ///< the first of that name
  std::size_t count(std::string_view name) const;
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<Field> fields_;
};

/// The body as it arrives; pulled by the handler's thread, which may block until the route's deadline.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  virtual std::optional<std::uint64_t> declared_size() const = 0;  ///< Content-Length, bytes
  /// Up to out.size() bytes; 0 at the end. Errors: too_large "http.body_too_large", invalid "http.body_broken"
  /// (the client left or sent nonsense), unavailable "http.body_too_slow".
  virtual Result<std::size_t> read(std::span<std::byte> out) = 0;
};

/// The whole body, or too_large above `limit` bytes.
Result<std::string> read_body(BodyReader& body, std::size_t limit);

using Query = std::vector<std::pair<std::string, std::string>>;

/// One request, its head complete and checked, its body still to be read. Lives on the handler's thread.
struct Request {
  Method method{};
  std::string path;   ///< percent-decoded, no dot segments, valid UTF-8, begins with '/'
  std::string query;  ///< as sent, without '?'
  Headers headers;
  std::string peer;  ///< the client's address; from X-Forwarded-For if the peer is a trusted proxy
  std::string host;  ///< Host, or X-Forwarded-Host from a trusted proxy; may hold a port
  bool secure{};     ///< https as far as the client is concerned (X-Forwarded-Proto from a trusted proxy)
  std::string id;    ///< request id: X-Request-Id from a trusted proxy, else made here; sent back and logged
  std::map<std::string, std::string, std::less<>> params;  ///< {name} of the route's pattern, decoded
  BodyReader* body{};                                      ///< never null; owned by the server
  std::chrono::steady_clock::time_point deadline;
  std::stop_token cancelled;  ///< the client left, or the server gives up waiting at shutdown

  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
  std::optional<std::string> query_value(std::string_view name) const;  ///< decoded; the first of that name
  std::optional<std::string> cookie(std::string_view name) const;
};

Query parse_query(std::string_view query);
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);  ///< all but RFC 3986 unreserved

/// One open event stream (server-sent events, WHATWG HTML 9.2). Thread-safe; shared between whoever sends and the
/// server. Letting go of it closes the stream.
class EventSender {
 public:
  virtual ~EventSender() = default;
  /// Queues one event; false if the client left or is so far behind that it was cut off (it will resume by
  /// Last-Event-ID). `id` and `event` hold no line breaks; `data` may.
  virtual bool send(std::string_view id, std::string_view event, std::string_view data) = 0;
  virtual bool open() const = 0;
};

struct EventBody {
  std::function<void(std::shared_ptr<EventSender>)>
      opened;  ///< called once, when the head is on its way; must not block
};

/// What to answer. A ByteSource body gets Content-Length, Accept-Ranges, Range (single, suffix, multi), If-Range, 304
/// by ETag/Last-Modified, sendfile when it has a descriptor; a string body gets ETag comparison and, if it is text of
/// 1 KiB or more, gzip as the client accepts it. HEAD is answered from the same response.
struct Response {
  int status{200};
  Headers headers;
  std::variant<std::string, std::unique_ptr<ByteSource>, EventBody> body;
};

Response text(int status, std::string body, std::string_view content_type);
Response json(int status, std::string body);
Response empty(int status);
Response redirect(int status, std::string location);

/// application/problem+json (RFC 9457): {"type":"about:blank","title":…,"status":…,"key":…,"detail":…,"request_id":…}.
/// `key` is stable; the web app translates it. `fields` names the inputs that were wrong:
/// {"title":"song.title_missing"}.
Response problem(int status, std::string_view key, const std::map<std::string, std::string>& fields = {});
std::string_view reason_phrase(int status);

struct Cookie {
  std::string name, value, path{"/"};
  bool secure{}, http_only{true};
  std::string same_site{"Lax"};
  std::optional<std::chrono::seconds> max_age;
};
std::string to_header(const Cookie& cookie);

}  // namespace soundhub::http
