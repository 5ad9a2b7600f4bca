// SPDX-License-Identifier: AGPL-3.0-or-later
#include "head.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "target.hpp"
#include "text.hpp"

namespace soundhub::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

/// Beast's tokeniser: it checks the request line's and the fields' grammar and hands over their pieces.
class Tokens final : public beast::http::basic_parser<true> {
 public:
  std::string method, target;
  int version{};
  Headers headers;
  std::size_t fields{};

 private:
  void on_request_impl(beast::http::verb, beast::string_view name, beast::string_view uri, int v,
                       error_code&) override {
    method.assign(name.data(), name.size());
    target.assign(uri.data(), uri.size());
    version = v;
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code&) override {
    headers.add(std::string{name.data(), name.size()}, std::string{value.data(), value.size()});
    ++fields;
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override { return body.size(); }
  void on_finish_impl(error_code&) override {}
};

using Outcome = tl::expected<Head, Refusal>;
tl::unexpected<Refusal> refuse(int status, std::string_view key) {
  return tl::unexpected(Refusal{status, key});
}

bool is_token_char(char c) {
  return is_alnum(c) || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool allowed_byte(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u >= 0x20 ? u != 0x7f : (c == '\t' || c == '\r' || c == '\n');
}

/// CR only before LF, LF only after CR, no other control bytes: what one server skips, another takes for an end.
bool clean_bytes(std::string_view bytes, std::size_t from) {
  for (std::size_t i = from; i < bytes.size(); ++i) {
    if (!allowed_byte(bytes[i])) return false;
    if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) return false;
    if (bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] != '\n') return false;
  }
  return true;
}

bool has_fold(std::string_view head) {
  return head.find("\r\n ") != std::string_view::npos || head.find("\r\n\t") != std::string_view::npos;
}

std::string_view request_line(std::string_view head) {
  return head.substr(0, head.find("\r\n"));
}

/// A request line that is right but for a version we don't speak.
bool other_version(std::string_view line) {
  const auto at = line.rfind(" HTTP/");
  if (at == std::string_view::npos) return false;
  const auto version = line.substr(at + 6);
  return version.size() == 3 && is_digit(version[0]) && version[1] == '.' && is_digit(version[2]) && version != "1.0" &&
         version != "1.1";
}

Refusal refusal_of(std::string_view head, const error_code& failure) {
  if (other_version(request_line(head))) return {505, "http.version_unsupported"};
  using beast::http::error;
  if (failure == error::bad_content_length || failure == error::multiple_content_length ||
      failure == error::bad_transfer_encoding)
    return {400, "http.framing_invalid"};
  return {400, "http.head_invalid"};
}

std::optional<Method> method_of(std::string_view name) {
  for (const auto method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del, Method::options})
    if (name == to_string(method)) return method;
  return std::nullopt;
}

bool has_token(const Headers& headers, std::string_view field, std::string_view token) {
  bool found = false;
  for (const auto& [name, value] : headers)
    if (equal_no_case(name, field))
      split(value, ',', [&](std::string_view piece) { found = found || equal_no_case(trim(piece), token); });
  return found;
}

/// How the body is delimited. Anything two servers might read differently is refused (RFC 9112 6.3, 11.2).
std::optional<Refusal> set_framing(Head& head) {
  const auto lengths = head.headers.count("Content-Length");
  const auto codings = head.headers.count("Transfer-Encoding");
  if (lengths + codings > 1 || (codings > 0 && head.http_1_0)) return Refusal{400, "http.framing_invalid"};
  if (codings == 1) {
    if (!equal_no_case(*head.headers.find("Transfer-Encoding"), "chunked"))
      return Refusal{501, "http.transfer_coding_unsupported"};
    head.framing = Framing::chunked;
  }
  if (lengths == 1) {
    const auto length = parse_number(*head.headers.find("Content-Length"));
    if (!length || *length > INT64_MAX) return Refusal{400, "http.framing_invalid"};
    head.length = *length;
    head.framing = *length > 0 ? Framing::length : Framing::none;
  }
  return std::nullopt;
}

std::optional<Refusal> set_host(Head& head, const std::string& authority) {
  const auto hosts = head.headers.count("Host");
  if (hosts > 1 || (hosts == 0 && !head.http_1_0)) return Refusal{400, "http.host_invalid"};
  head.host = hosts == 1 ? std::string{*head.headers.find("Host")} : authority;
  if (hosts == 1 && !valid_host(head.host)) return Refusal{400, "http.host_invalid"};
  if (!authority.empty() && !equal_no_case(authority, head.host)) return Refusal{400, "http.host_invalid"};
  return std::nullopt;
}

std::optional<Refusal> set_target(Head& head, std::string_view raw, std::string& authority) {
  if (raw.size() > most_target_bytes) return Refusal{414, "http.target_too_long"};
  if (raw == "*" && head.method == Method::options) {
    head.asterisk = true;
    head.path = "*";
    return std::nullopt;
  }
  auto target = parse_target(raw);
  if (!target) return Refusal{400, "http.target_invalid"};
  head.path = std::move(target->path);
  head.query = std::move(target->query);
  authority = std::move(target->authority);
  return std::nullopt;
}

std::optional<Refusal> set_expectation(Head& head) {
  const auto expect = head.headers.find("Expect");
  if (!expect || head.http_1_0) return std::nullopt;
  if (!equal_no_case(*expect, "100-continue")) return Refusal{417, "http.expectation_unsupported"};
  head.expects_continue = head.framing != Framing::none;
  return std::nullopt;
}

Outcome check(Tokens& tokens) {
  if (tokens.fields > most_fields) return refuse(431, "http.head_too_large");
  Head head;
  head.http_1_0 = tokens.version == 10;
  head.headers = std::move(tokens.headers);
  const auto method = method_of(tokens.method);
  if (!method) return refuse(501, "http.method_unsupported");
  head.method = *method;
  std::string authority;
  if (const auto wrong = set_target(head, tokens.target, authority)) return tl::unexpected(*wrong);
  if (const auto wrong = set_host(head, authority)) return tl::unexpected(*wrong);
  if (const auto wrong = set_framing(head)) return tl::unexpected(*wrong);
  if (const auto wrong = set_expectation(head)) return tl::unexpected(*wrong);
  head.keep_alive = head.http_1_0 ? has_token(head.headers, "Connection", "keep-alive")
                                  : !has_token(head.headers, "Connection", "close");
  return head;
}

}  // namespace

HeadScan scan_head(std::string_view bytes, std::size_t seen) {
  using State = HeadScan::State;
  const auto from = seen > 3 ? seen - 3 : 0;
  // The body may follow in the same read; only the head's bytes are held to the head's rules.
  const auto end = bytes.find("\r\n\r\n", from);
  const auto head = bytes.substr(0, end == std::string_view::npos ? bytes.size() : end + 4);
  if (!head.empty() && !is_token_char(head.front())) return {State::broken, 0};
  if (!clean_bytes(head, from)) return {State::broken, 0};
  if (end == std::string_view::npos) return {State::partial, 0};
  return {State::complete, end + 4};
}

tl::expected<Head, Refusal> parse_head(std::string_view head) {
  if (!clean_bytes(head, 0) || has_fold(head)) return refuse(400, "http.head_invalid");
  if (request_line(head).size() > most_target_bytes + 32) return refuse(414, "http.target_too_long");
  Tokens tokens;
  tokens.header_limit(UINT32_MAX);
  tokens.body_limit(boost::none);
  error_code error;
  tokens.put(boost::asio::buffer(head.data(), head.size()), error);
  if (error) return tl::unexpected(refusal_of(head, error));
  if (!tokens.is_header_done()) return refuse(400, "http.head_invalid");
  return check(tokens);
}

}  // namespace soundhub::http
