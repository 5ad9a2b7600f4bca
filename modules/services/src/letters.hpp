// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>

#include "soundhub/domain/mails.hpp"
#include "soundhub/domain/songs.hpp"

// What mails say, in each language.
namespace soundhub::services::letters {

struct Facts {
  std::string reader;  ///< nicknames
  std::string other;
  std::string song;  ///< its title
  songs::Instrument instrument{};
  std::int64_t release_number{};
  std::string link;      ///< what the mail is about
  std::string off_link;  ///< where one turns notices off; empty: not a notice
};

struct Letter {
  std::string subject, text, html;
};
Letter compose(mails::Kind kind, mails::Language language, const Facts& facts);

}  // namespace soundhub::services::letters
