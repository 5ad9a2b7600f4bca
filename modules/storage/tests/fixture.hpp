// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "soundhub/storage/accounts.hpp"
#include "soundhub/storage/mixes.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/songs.hpp"
#include "soundhub/storage/testing/temp_database.hpp"
#include "soundhub/storage/uploads.hpp"

namespace soundhub::storage {

/// A migrated database, and short words for making rows in it.
class RepositoryTest : public ::testing::Test {
 protected:
  static constexpr Time noon = from_millis(1'795'000'000'000);
  static Time later(std::int64_t ms) { return noon + Millis{ms}; }
  /// A key that looks like one: the same digit 64 times.
  static std::string key(char digit) { return std::string(64, digit); }

  template <class F>
  auto write(F work) {
    auto result = db_->write(work);
    EXPECT_TRUE(result) << (result ? "" : result.error().key + ": " + result.error().detail);
    return result;
  }
  /// The error key of a change, "" if there was none.
  template <class F>
  std::string refusal(F work) {
    const auto result = db_->write(work);
    return result ? "" : result.error().key;
  }
  template <class F>
  auto read(F work) {
    auto result = db_->read(work);
    EXPECT_TRUE(result) << (result ? "" : result.error().key + ": " + result.error().detail);
    return std::move(result).value();
  }

  UserId user(const std::string& name) {
    return write([&](WriteTx& tx) {
             return accounts::insert(tx, {.email = name + "@example.org", .nickname = name, .created_at = noon});
           })
        .value();
  }
  SongId song(UserId owner, soundhub::songs::Genre genre = soundhub::songs::Genre::pop, bool published = true) {
    return write([&](WriteTx& tx) {
             return songs::insert(tx, {.owner = {.id = owner, .nickname = {}},
                                       .title = "Riff",
                                       .genre = genre,
                                       .published = published,
                                       .created_at = noon});
           })
        .value();
  }
  PartId part(SongId of, UserId author, soundhub::parts::State state = soundhub::parts::State::offered) {
    return write([&](WriteTx& tx) {
             return parts::insert(tx, {.song = of,
                                       .author = {.id = author, .nickname = {}},
                                       .instrument = soundhub::songs::Instrument::drums,
                                       .note = "with brushes",
                                       .state = state,
                                       .created_at = noon});
           })
        .value();
  }
  TakeId take(PartId of, char digit = 'a') {
    return write([&](WriteTx& tx) {
             return parts::insert_take(
                 tx,
                 {.part = of, .blob_key = key(digit), .file_name = "take.wav", .size_bytes = 1000, .created_at = noon});
           })
        .value();
  }
  MixId mix(SongId of, UserId author, std::optional<MixId> parent = {}) {
    return write([&](WriteTx& tx) {
             return mixes::insert(tx, {.song = of,
                                       .parent = parent,
                                       .author = {.id = author, .nickname = {}},
                                       .name = "first",
                                       .created_at = noon});
           })
        .value();
  }

  testing::TempDatabase db_;
};

}  // namespace soundhub::storage
