// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/songs.hpp"

#include <gtest/gtest.h>

#include "soundhub/domain/takes.hpp"

namespace soundhub::songs {
namespace {

TEST(Song, TitlesAreTrimmedAndBounded) {
  EXPECT_EQ(*valid_title("  한강 밤 산책 "), "한강 밤 산책");
  EXPECT_EQ(valid_title(" \u3000 ").error().key, "song.title_missing");
  EXPECT_EQ(valid_title(std::string(101, 'x')).error().key, "song.title_too_long");
  EXPECT_EQ(valid_title("\xff").error().key, "text_invalid");
}

TEST(Song, AHundredHangulSyllablesFitThoughTheyAreThreeHundredBytes) {
  std::string title;
  for (int i = 0; i < 100; ++i) title += "곡";
  EXPECT_TRUE(valid_title(title));
}

TEST(Song, KeysAreNotesWithAccidentalAndMode) {
  for (const auto* good : {"C", "Eb", "F#m", "Am"}) EXPECT_TRUE(valid_key(good)) << good;
  for (const auto* bad : {"", "H", "m", "Cmaj", "C##"}) EXPECT_FALSE(valid_key(bad)) << bad;
}

TEST(Song, EveryWordOfEachListReadsBack) {
  for (int i = 0; i < 8; ++i) EXPECT_EQ(*parse_instrument(to_string(Instrument(i))), Instrument(i));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(*parse_genre(to_string(Genre(i))), Genre(i));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(*parse_licence(to_string(Licence(i))), Licence(i));
  EXPECT_EQ(parse_instrument("banjo!").error().key, "song.instrument_unknown");
}

TEST(Song, OthersCantTellThatAnUnpublishedSongExists) {
  Song song;
  song.owner.id = UserId{7};
  EXPECT_TRUE(may_see(song, UserId{7}));
  EXPECT_FALSE(may_see(song, UserId{8}));
  EXPECT_FALSE(may_see(song, std::nullopt));
  song.published = true;
  EXPECT_TRUE(may_see(song, std::nullopt));
  song.deleted = true;
  EXPECT_FALSE(may_see(song, UserId{7}));
}

TEST(Take, FileNamesShowNoPathAndNoControlCharacters) {
  EXPECT_EQ(takes::display_file_name("C:\\music\\riff\x01.wav"), "riff.wav");
  EXPECT_EQ(takes::display_file_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(takes::display_file_name("///"), "audio");
}

}  // namespace
}  // namespace soundhub::songs
