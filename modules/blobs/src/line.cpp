// SPDX-License-Identifier: AGPL-3.0-or-later
#include "line.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace soundhub::blobs {
namespace {

constexpr std::size_t header_bytes = 64 * 1024;

// Once for the process; libcurl's own is thread-safe since 7.84.
void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::bad_alloc{};
}

// What another try may mend: anything between us and the server, but not who it is or what we asked.
bool retriable(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_READ_ERROR:
    case CURLE_WRITE_ERROR:
      return false;
    default:
      return true;
  }
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return std::string{text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1)};
}

}  // namespace

Line::Line(const LineOptions& options) : options_{options} {
  start_curl();
  easy_ = curl_easy_init();
  multi_ = curl_multi_init();
  if (easy_ == nullptr || multi_ == nullptr) throw std::bad_alloc{};
}

Line::~Line() {
  finish();
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

void Line::finish() {
  if (attached_) curl_multi_remove_handle(multi_, easy_);
  attached_ = false;
  curl_slist_free_all(std::exchange(sent_headers_, nullptr));
  body_ = {};
}

void Line::set_up(const HttpRequest& request) {
  const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy_, option, value); };
  curl_easy_reset(easy_);
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");  // keys and blobs go where the settings say
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, options_.stall_bytes);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall.count()));
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_BUFFERSIZE, 64L * 1024);
  set(CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  for (const auto& header : request.headers) sent_headers_ = curl_slist_append(sent_headers_, header.c_str());
  set(CURLOPT_HTTPHEADER, sent_headers_);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, this);
  if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
  if (request.body) {
    body_ = *request.body;
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(body_.size_bytes));
    set(CURLOPT_READFUNCTION, &on_upload);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &on_seek);
    set(CURLOPT_SEEKDATA, this);
  }
  if (request.method != "HEAD") set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

std::optional<NetFailure> Line::begin(const HttpRequest& request) {
  finish();
  set_up(request);
  ended_ = paused_ = head_done_ = false;
  code_ = CURLE_OK;
  status_ = 0;
  body_at_ = 0;
  headers_.clear();
  received_.clear();
  taken_ = 0;
  deadline_ = std::chrono::steady_clock::now() + options_.attempt;
  curl_multi_add_handle(multi_, easy_);
  attached_ = true;
  return pump([this] { return head_done_; });
}

std::optional<NetFailure> Line::fill() {
  if (paused_) {
    paused_ = false;
    curl_easy_pause(easy_, CURLPAUSE_CONT);
  }
  return pump([this] { return !waiting().empty(); });
}

void Line::take(std::size_t bytes) {
  taken_ += bytes;
  if (taken_ < received_.size()) return;
  received_.clear();
  taken_ = 0;
}

std::optional<NetFailure> Line::drain(std::string& out, std::size_t limit) {
  while (!ended()) {
    if (auto failure = fill()) return failure;
    out += waiting();
    take(waiting().size());
    if (out.size() > limit) return NetFailure{false, "the reply is too long"};
  }
  return std::nullopt;
}

template <class Done>
std::optional<NetFailure> Line::pump(Done done) {
  while (!ended_ && !done()) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    note_end();
    if (ended_ || done()) break;
    if (std::chrono::steady_clock::now() > deadline_) return NetFailure{true, "took too long"};
    curl_multi_poll(multi_, nullptr, 0, 500, nullptr);
  }
  // What came before a failure is handed out first.
  if (ended_ && code_ != CURLE_OK && !done()) return NetFailure{retriable(code_), curl_easy_strerror(code_)};
  if (ended_ && !head_done_) return NetFailure{true, "no reply"};
  return std::nullopt;
}

void Line::note_end() {
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    ended_ = true;
    code_ = message->data.result;
  }
}

void Line::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    headers_.clear();
    const auto space = line.find(' ');
    status_ = space == std::string_view::npos ? 0 : std::atoi(std::string{line.substr(space + 1, 3)}.c_str());
  } else if (trimmed(line).empty()) {
    head_done_ = status_ >= 200;
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    std::string name{line.substr(0, colon)};
    for (auto& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    headers_[name] = trimmed(line.substr(colon + 1));
  }
}

std::size_t Line::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& line = *static_cast<Line*>(self);
  if (size * count > header_bytes) return 0;
  if (!line.head_done_) line.take_header({data, size * count});
  return size * count;
}

std::size_t Line::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& line = *static_cast<Line*>(self);
  if (line.waiting().size() >= buffer_bytes) {
    line.paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  line.received_.append(data, size * count);
  return size * count;
}

std::size_t Line::on_upload(char* data, std::size_t size, std::size_t count, void* self) {
  auto& line = *static_cast<Line*>(self);
  const auto left = line.body_.size_bytes - line.body_at_;
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(size * count, left));
  if (most == 0) return 0;
  const auto got = line.body_.read(line.body_at_, {reinterpret_cast<std::byte*>(data), most});
  if (got == 0) return CURL_READFUNC_ABORT;
  line.body_at_ += got;
  return got;
}

int Line::on_seek(void* self, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Line*>(self)->body_at_ = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

LinePool::Lease LinePool::take() {
  std::unique_ptr<Line> line;
  {
    const std::lock_guard lock{mutex_};
    if (!idle_.empty()) {
      line = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!line) line = std::make_unique<Line>(options_);
  return Lease{line.release(), [this](Line* used) {
                 std::unique_ptr<Line> owned{used};
                 owned->finish();
                 const std::lock_guard lock{mutex_};
                 if (idle_.size() < kept) idle_.push_back(std::move(owned));
               }};
}

}  // namespace soundhub::blobs
