// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "soundhub/base/bytes.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub::blobs {

/// A body that is read when it is sent, perhaps twice: fills `out` from `offset`, fewer bytes are an error.
struct HttpBody {
  std::uint64_t size_bytes{0};
  std::function<std::size_t(std::uint64_t offset, std::span<std::byte> out)> read;
};

struct HttpRequest {
  std::string method, url;
  std::vector<std::string> headers;  ///< "name: value"
  std::optional<HttpBody> body;
};

/// The end of a request that brought no whole reply, in curl's words.
struct NetFailure {
  bool retriable{true};
  std::string what;
};

struct LineOptions {
  std::chrono::milliseconds connect{5000};
  std::chrono::seconds stall{20};  ///< slower than `stall_bytes` a second for so long: given up
  long stall_bytes{1024};
  std::chrono::seconds attempt{600};  ///< a whole request and its reply
  std::string ca_file;                ///< PEM; empty: the system's
};

/// A connection that carries one request at a time, and is kept for the next. Pulled by its user's thread: nothing
/// moves but in begin() and fill(), and no more than `buffer_bytes` wait here.
class Line {
 public:
  static constexpr std::size_t buffer_bytes = 256 * 1024;
  explicit Line(const LineOptions& options);
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line();

  /// Sends the request and waits for the reply's head; nullopt: it is there.
  std::optional<NetFailure> begin(const HttpRequest& request);
  int status() const { return status_; }
  /// By lower-case name.
  const std::map<std::string, std::string>& headers() const { return headers_; }

  /// Waits for more of the reply; nullopt: waiting() isn't empty, or ended().
  std::optional<NetFailure> fill();
  std::string_view waiting() const { return std::string_view{received_}.substr(taken_); }
  void take(std::size_t bytes);
  /// All has come, and has been taken.
  bool ended() const { return ended_ && code_ == CURLE_OK && waiting().empty(); }
  /// All that is left of the reply, appended to `out` as long as it is no longer than `limit`.
  std::optional<NetFailure> drain(std::string& out, std::size_t limit);
  /// Ends the request; the connection is kept if the reply came whole.
  void finish();

 private:
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_upload(char* data, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  void set_up(const HttpRequest& request);
  void take_header(std::string_view line);
  template <class Done>
  std::optional<NetFailure> pump(Done done);
  void note_end();

  LineOptions options_;
  CURL* easy_;
  CURLM* multi_;
  curl_slist* sent_headers_{};
  bool attached_{false}, ended_{false}, paused_{false}, head_done_{false};
  CURLcode code_{CURLE_OK};
  int status_{0};
  std::map<std::string, std::string> headers_;
  std::string received_;
  std::size_t taken_{0};
  HttpBody body_;
  std::uint64_t body_at_{0};
  std::chrono::steady_clock::time_point deadline_;
};

/// Lines that wait for their next request. Thread-safe.
class LinePool {
 public:
  explicit LinePool(LineOptions options) : options_{std::move(options)} {}
  /// Goes back to the pool, which must live longer.
  using Lease = std::unique_ptr<Line, std::function<void(Line*)>>;
  Lease take();

 private:
  static constexpr std::size_t kept = 16;
  LineOptions options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Line>> idle_;
};

}  // namespace soundhub::blobs
