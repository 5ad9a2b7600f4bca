// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/mail/message.hpp"

#include <fmt/format.h>

#include "base64.hpp"
#include "header.hpp"
#include "soundhub/base/sha256.hpp"

namespace soundhub::mail {
namespace {

constexpr std::size_t line_length = 76;

// Base64 has no line that begins with a dot or with --, and none that is too long.
std::string body_of(std::string_view text) {
  std::string lines;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') lines += '\r';
    lines += c;
  }
  const auto digits = base64(lines);
  std::string out;
  for (std::size_t at = 0; at < digits.size(); at += line_length) out += digits.substr(at, line_length) + "\r\n";
  return out;
}

std::string part_of(std::string_view type, std::string_view text) {
  return fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}", type,
                     body_of(text));
}

std::string content_of(const Message& message) {
  if (message.html.empty()) return part_of("text/plain", message.text);
  const auto boundary = "=_" + sha256_hex(as_bytes(message.id)).substr(0, 32);
  return fmt::format("Content-Type: multipart/alternative; boundary=\"{0}\"\r\n\r\n--{0}\r\n{1}--{0}\r\n{2}--{0}--\r\n",
                     boundary, part_of("text/plain", message.text), part_of("text/html", message.html));
}

// RFC 3834: no answering machine is to answer. RFC 8058: one press of a button turns such mails off.
std::string headers_of(const Message& message) {
  const auto name = message.from_name.empty() ? std::string{} : header_phrase(message.from_name) + " ";
  auto out = fmt::format(
      "Date: {}\r\nFrom: {}<{}>\r\nTo: <{}>\r\nSubject: {}\r\nMessage-ID: <{}>\r\nMIME-Version: 1.0\r\n"
      "Auto-Submitted: auto-generated\r\n",
      header_date(message.date), name, message.from, message.to, header_text(message.subject), message.id);
  if (!message.unsubscribe_url.empty())
    out += fmt::format("List-Unsubscribe: <{}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                       message.unsubscribe_url);
  return out;
}

}  // namespace

Result<std::string> to_rfc5322(const Message& message) {
  for (const auto* text : {&message.from, &message.to, &message.id})
    if (!fits_in_angles(*text)) return fail(Errc::invalid, "mail.address_invalid");
  if (!message.unsubscribe_url.empty() && !fits_in_angles(message.unsubscribe_url))
    return fail(Errc::invalid, "mail.address_invalid");
  return headers_of(message) + content_of(message);
}

}  // namespace soundhub::mail
