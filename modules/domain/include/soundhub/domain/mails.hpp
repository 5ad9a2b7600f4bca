// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string_view>

#include "soundhub/base/clock.hpp"
#include "soundhub/base/id.hpp"

namespace soundhub::mails {

using MailId = Id<struct MailTag>;

/// What somebody is told by mail. All but password_reset are notices, which one can turn off.
enum class Kind { password_reset, part_offered, part_accepted, part_declined, release_out };
std::string_view to_string(Kind v);
std::optional<Kind> parse_kind(std::string_view text);

enum class Language { en, ko };
std::string_view to_string(Language v);
/// "ko" and its like ("ko-KR") are Korean, everything else is English.
Language parse_language(std::string_view text);

/// How somebody wants to be written to; the default is an account's that has never said.
struct Choice {
  Language language{Language::en};
  bool notices{true};
};

/// A mail that waits or was sent. What it says is looked up when it is sent; it holds no secret.
struct Mail {
  MailId id;
  UserId user;
  Kind kind{};
  std::optional<PartId> part;
  std::optional<ReleaseId> release;
  Time created_at{};
  std::optional<Time> sent_at;
};

}  // namespace soundhub::mails
