// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/blobs.hpp"

#include <set>

#include "fixture.hpp"
#include "sql.hpp"

namespace soundhub::storage::blobs {
namespace {

/// Each kind of row that names a blob, with a key of its own: '0' to '9'.
class NamedBlobs : public RepositoryTest {
 protected:
  NamedBlobs() {
    const auto anna = user("anna");
    const auto of = song(anna);
    name_cover(of);
    const auto its_take = take(part(of, anna), '3');
    write([&](WriteTx& tx) {
      return parts::land_take(tx, its_take, {}, {{0, key('4'), 1}}, {{256, key('5'), 1}}, key('6'));
    });
    name_release(of, mix(of, anna));
    name_upload(anna);
  }
  void name_cover(SongId of) {
    write([&](WriteTx& tx) -> Result<void> {
      SH_TRY(auto found, songs::get(tx, of));
      found->cover_upload_key = key('0');
      SH_CHECK(songs::update(tx, *found));
      return songs::set_cover(tx, of, key('0'), key('1'), key('2'));
    });
  }
  void name_release(SongId of, MixId its_mix) {
    write([&](WriteTx& tx) -> Result<void> {
      SH_TRY(const auto release, releases::insert(tx, {.song = of, .mix = its_mix}, {}));
      return releases::land(tx, release.id, {}, {{"mix.flac", key('7'), 1}}, noon);
    });
  }
  void name_upload(UserId owner) {
    write([&](WriteTx& tx) -> Result<void> {
      SH_CHECK(uploads::insert(tx, {.id = "whole", .owner = owner, .size_bytes = 10}));
      SH_CHECK(uploads::complete(tx, "whole", key('8')));
      SH_CHECK(uploads::insert(tx, {.id = "half", .owner = owner, .size_bytes = 10}));
      return uploads::append_chunk(tx, "half", {0, 5, key('9')});
    });
  }
  bool named(char digit) {
    return read([&](ReadTx& tx) { return is_named(tx, key(digit)); });
  }
};

TEST_F(NamedBlobs, EveryRowThatNamesABlobKeepsItFromTheSweep) {
  for (char digit = '0'; digit <= '9'; ++digit) EXPECT_TRUE(named(digit)) << digit;
  EXPECT_FALSE(named('a'));
}

TEST_F(NamedBlobs, ArePagedInOrderEachOnce) {
  std::string digits;
  for (std::string after;;) {
    const auto page = read([&](ReadTx& tx) { return named_after(tx, after, 3); });
    if (page.empty()) break;
    for (const auto& one : page) digits += one[0];
    after = page.back();
  }
  EXPECT_EQ(digits, "0123456789");
}

TEST_F(NamedBlobs, EveryColumnThatHoldsAKeyIsAsked) {
  const std::set<std::string> no_blobs{"takes.error_key", "songs.musical_key", "releases.error_key",
                                       "outbox.error_key"};
  const auto columns = read([](ReadTx& tx) {
    return query(tx, testing::on_postgres()
                         ? "SELECT table_name || '.' || column_name FROM information_schema.columns"
                           " WHERE table_schema = 'public' AND column_name LIKE '%key'"
                         : "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c"
                           " WHERE t.type = 'table' AND c.name LIKE '%key'");
  });
  std::set<std::string> keys;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (!no_blobs.contains(columns[i].text(0))) keys.insert(columns[i].text(0));
  EXPECT_EQ(keys, (std::set<std::string>{"songs.cover_upload_key", "songs.cover_640_key", "songs.cover_160_key",
                                         "takes.blob_key", "takes.preview_key", "take_segments.blob_key",
                                         "take_peaks.blob_key", "release_files.blob_key", "uploads.blob_key",
                                         "upload_chunks.blob_key"}))
      << "a new column: ask for it in src/blobs.cpp, name it in this fixture";
}

}  // namespace
}  // namespace soundhub::storage::blobs
