// SPDX-License-Identifier: AGPL-3.0-or-later
#include "smtp_url.hpp"

#include <algorithm>

#include "soundhub/base/text.hpp"

namespace soundhub::mail {
namespace {

tl::unexpected<Error> wrong(std::string sentence) {
  return fail(Errc::invalid, "config", std::move(sentence));
}

struct Authority {
  std::string_view host, port;
};

// [::1]:25 keeps its colons.
Authority split(std::string_view authority) {
  const auto from = authority.find(']');
  const auto colon = authority.find(':', from == std::string_view::npos ? 0 : from);
  if (colon == std::string_view::npos) return {authority, {}};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

bool is_host(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view{".-_:[]"}.find(c) != std::string_view::npos;
  });
}

}  // namespace

Result<SmtpUrl> parse_smtp_url(const std::string& text) {
  const bool secure = text.starts_with("smtps://");
  if (!secure && !text.starts_with("smtp://")) return wrong("smtp is smtp://HOST or smtps://HOST");
  std::string_view rest{text};
  rest.remove_prefix(rest.find("//") + 2);
  const auto question = rest.find('?');
  const auto option = question == std::string_view::npos ? std::string_view{} : rest.substr(question + 1);
  rest = rest.substr(0, question);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto [host, port] = split(rest);
  if (!is_host(host))
    return wrong(
        "smtp needs a host, and nothing else but a port (the name and password are smtp-user and smtp-password)");
  const auto number = port.empty() ? std::optional<std::int64_t>{secure ? 465 : 587} : parse_integer(port);
  if (!number || *number < 1 || *number > 65535) return wrong("smtp has a port from 1 to 65535");
  const bool clear = option == "starttls=never";
  if (!option.empty() && (!clear || secure)) return wrong("smtp knows one option: smtp://HOST?starttls=never");
  return SmtpUrl{std::string{secure ? "smtps://" : "smtp://"} + std::string{host} + ":" + std::to_string(*number),
                 clear};
}

}  // namespace soundhub::mail
