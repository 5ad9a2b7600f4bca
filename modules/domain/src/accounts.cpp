// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/accounts.hpp"

#include <algorithm>
#include <array>

#include "soundhub/base/text.hpp"

namespace soundhub::accounts {
namespace {

bool is_email_byte(char c) {
  return c > 0x20 && c != 0x7f && std::string_view{"<>()[],;:\\\""}.find(c) == std::string_view::npos;
}

// Letters of any script are taken as they are; of ASCII only what can't be mistaken for syntax.
bool is_nickname_character(std::string_view character) {
  if (character.size() > 1) return character != "\u3000" && !character.starts_with("\xE2\x80");  // general punctuation
  const char c = character.front();
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view{" ._-"}.find(c) != std::string_view::npos;
}

}  // namespace

Result<std::string> valid_email(std::string_view text) {
  const auto email = to_lower(trim(text));
  const auto at = email.find('@');
  const bool shaped = at != std::string::npos && at > 0 && email.find('@', at + 1) == std::string::npos &&
                      email.find('.', at + 2) != std::string::npos && email.back() != '.';
  if (!shaped || email.size() > 254 || !is_utf8(email) ||
      !std::ranges::all_of(email, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || is_email_byte(c); }))
    return fail(Errc::invalid, "account.email_invalid");
  return email;
}

Result<std::string> valid_nickname(std::string_view text) {
  const auto nickname = trim(text);
  const auto invalid = fail(Errc::invalid, "account.nickname_invalid");
  if (!is_utf8(nickname)) return invalid;
  const auto characters = count_characters(nickname);
  if (characters < 2 || characters > 24) return invalid;
  for (auto rest = nickname; !rest.empty(); rest.remove_prefix(utf8_length(rest)))
    if (!is_nickname_character(rest.substr(0, utf8_length(rest)))) return invalid;
  return std::string{nickname};
}

std::string fold_nickname(std::string_view nickname) {
  auto folded = to_lower(trim(nickname));
  std::erase_if(folded, [](char c) { return c == ' '; });
  return folded;
}

Result<void> valid_password(std::string_view password, std::string_view email, std::string_view nickname) {
  if (count_characters(password) < 10) return fail(Errc::invalid, "account.password_too_short");
  if (password.size() > 200) return fail(Errc::invalid, "account.password_too_long");
  const bool one_character = std::ranges::all_of(password, [&](char c) { return c == password.front(); });
  if (one_character || equals_ignoring_case(password, email) || equals_ignoring_case(password, nickname))
    return fail(Errc::invalid, "account.password_too_easy");
  return {};
}

Millis login_pause(int failures) {
  // Five tries are free: fingers slip. Then the wait doubles from a second to a quarter of an hour.
  if (failures < 5) return Millis{0};
  return std::min(Millis{1000} * (1 << std::min(failures - 5, 10)), Millis{15 * 60 * 1000});
}

}  // namespace soundhub::accounts
