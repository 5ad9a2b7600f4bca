// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>
#include <array>

#include "soundhub/base/log.hpp"
#include "soundhub/http/message.hpp"

namespace soundhub::http {
namespace {

struct Phrase {
  int status;
  std::string_view text;
};
constexpr std::array phrases{
    Phrase{100, "Continue"},
    Phrase{200, "OK"},
    Phrase{201, "Created"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{206, "Partial Content"},
    Phrase{301, "Moved Permanently"},
    Phrase{302, "Found"},
    Phrase{303, "See Other"},
    Phrase{304, "Not Modified"},
    Phrase{307, "Temporary Redirect"},
    Phrase{308, "Permanent Redirect"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{410, "Gone"},
    Phrase{411, "Length Required"},
    Phrase{412, "Precondition Failed"},
    Phrase{413, "Content Too Large"},
    Phrase{414, "URI Too Long"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{416, "Range Not Satisfiable"},
    Phrase{417, "Expectation Failed"},
    Phrase{422, "Unprocessable Content"},
    Phrase{423, "Locked"},
    Phrase{428, "Precondition Required"},
    Phrase{429, "Too Many Requests"},
    Phrase{431, "Request Header Fields Too Large"},
    Phrase{460, "Checksum Mismatch"},
    Phrase{500, "Internal Server Error"},
    Phrase{501, "Not Implemented"},
    Phrase{502, "Bad Gateway"},
    Phrase{503, "Service Unavailable"},
    Phrase{504, "Gateway Timeout"},
    Phrase{505, "HTTP Version Not Supported"},
    Phrase{507, "Insufficient Storage"},
};

struct Explanation {
  std::string_view key, text;
};
/// What this layer's own keys mean, for programs' authors; the web app translates the key instead.
constexpr std::array explanations{
    Explanation{"http.head_invalid", "The request line or a header field breaks RFC 9112."},
    Explanation{"http.head_too_large", "The header fields are too many or too long."},
    Explanation{"http.target_too_long", "The request target is longer than 8 KiB."},
    Explanation{"http.target_invalid", "The path must be absolute, valid UTF-8 and without dot segments."},
    Explanation{"http.host_invalid", "Exactly one valid Host is needed."},
    Explanation{"http.framing_invalid", "The body's length must be given once, by Content-Length or chunked coding."},
    Explanation{"http.transfer_coding_unsupported", "Only the chunked transfer coding is understood."},
    Explanation{"http.expectation_unsupported", "Only Expect: 100-continue is understood."},
    Explanation{"http.version_unsupported", "Only HTTP/1.1 and HTTP/1.0 are spoken here."},
    Explanation{"http.method_unsupported", "This method is not known here."},
    Explanation{"http.method_not_allowed", "The resource exists but not with this method; see Allow."},
    Explanation{"http.not_found", "Nothing is here."},
    Explanation{"http.body_too_large", "The body is larger than this resource takes."},
    Explanation{"http.body_too_slow", "The body came too slowly."},
    Explanation{"http.body_broken", "The body ended early or its framing is broken."},
    Explanation{"http.head_too_slow", "The head came too slowly."},
    Explanation{"http.busy", "All workers are busy; try again after Retry-After seconds."},
    Explanation{"http.too_many_connections", "Too many connections; try again after Retry-After seconds."},
    Explanation{"http.deadline_passed", "The answer took too long."},
    Explanation{"http.precondition_failed", "The resource has changed."},
    Explanation{"http.range_unsatisfiable", "None of the ranges lies within the resource."},
    Explanation{"http.internal", "Something went wrong on our side; it has been logged under the request id."},
};

std::string_view explain(int status, std::string_view key) {
  const auto* found =
      std::find_if(explanations.begin(), explanations.end(), [&](const auto& e) { return e.key == key; });
  return found == explanations.end() ? reason_phrase(status) : found->text;
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
}

}  // namespace

std::string_view reason_phrase(int status) {
  const auto* found = std::find_if(phrases.begin(), phrases.end(), [&](const Phrase& p) { return p.status == status; });
  return found == phrases.end() ? "Status" : found->text;
}

Response text(int status, std::string body, std::string_view content_type) {
  return {status, {{"Content-Type", std::string{content_type}}}, std::move(body)};
}

Response json(int status, std::string body) {
  return text(status, std::move(body), "application/json");
}

Response empty(int status) {
  return {status, {}, std::string{}};
}

Response redirect(int status, std::string location) {
  return {status, {{"Location", std::move(location)}}, std::string{}};
}

Response problem(int status, std::string_view key, const std::map<std::string, std::string>& fields) {
  std::string body = "{\"type\":\"about:blank\",";
  append_member(body, "title", reason_phrase(status));
  body += ",\"status\":" + std::to_string(status) + ",";
  append_member(body, "key", key);
  body += ',';
  append_member(body, "detail", explain(status, key));
  if (!fields.empty()) {
    body += ",\"fields\":";
    char before = '{';
    for (const auto& [name, field_key] : fields) {
      body += before;
      append_member(body, name, field_key);
      before = ',';
    }
    body += '}';
  }
  body += '}';
  auto response = text(status, std::move(body), "application/problem+json");
  response.headers.add("Cache-Control", "no-store");
  return response;
}

}  // namespace soundhub::http
