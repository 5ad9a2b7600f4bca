// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/mixes.hpp"

#include "fixture.hpp"

namespace soundhub::storage {
namespace {

using releases::Release;
using soundhub::mixes::Settings;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ReleaseState = soundhub::releases::State;

class Mixes : public RepositoryTest {
 protected:
  UserId anna_{user("anna")};
  SongId song_{song(anna_)};
};

TEST_F(Mixes, AreReadBackToTheBitWithTheirChannelsInOrder) {
  const auto a = part(song_, anna_), b = part(song_, anna_);
  const Settings settings{.channels = {{.part = b, .take = take(b), .gain_db = -3.1, .pan = 0.1, .offset_frames = -480},
                                       {.part = a, .take = take(a), .muted = true, .soloed = true}},
                          .master = {.gain_db = 1.7, .limiter = false, .ceiling_dbtp = -0.3}};
  const auto root = mix(song_, anna_);
  const auto id = write([&](WriteTx& tx) {
    return mixes::insert(tx, {.song = song_,
                              .parent = root,
                              .author = {.id = anna_, .nickname = {}},
                              .name = "louder bass",
                              .settings = settings,
                              .created_at = later(5)});
  });
  const auto mix = read([&](ReadTx& tx) { return mixes::get(tx, *id); });
  ASSERT_TRUE(mix);
  EXPECT_EQ(mix->settings, settings);
  EXPECT_EQ(mix->song, song_);
  EXPECT_EQ(mix->parent, root);
  EXPECT_EQ(mix->author.nickname, "anna");
  EXPECT_EQ(mix->name, "louder bass");
  EXPECT_EQ(mix->created_at, later(5));
  EXPECT_FALSE(read([](ReadTx& tx) { return mixes::get(tx, MixId{99}); }));
}

TEST_F(Mixes, HistoryIsListedNewestFirstInPages) {
  const auto a = mix(song_, anna_), b = mix(song_, anna_, a), c = mix(song_, anna_, b);
  mix(song(anna_), anna_);
  const auto page = [&](std::optional<MixId> before, int limit) {
    std::vector<MixId> ids;
    for (const auto& m : read([&](ReadTx& tx) { return mixes::of_song(tx, song_, before, limit); }))
      ids.push_back(m.id);
    return ids;
  };
  EXPECT_THAT(page({}, 2), ElementsAre(c, b));
  EXPECT_THAT(page(b, 2), ElementsAre(a));
}

class Releases : public Mixes {
 protected:
  Release release(SongId of, std::string graph = "graph", std::vector<releases::Credit> credits = {}) {
    return write([&](WriteTx& tx) {
             return releases::insert(
                 tx, {.song = of, .mix = mix_, .graph_hash = graph, .note = "final", .created_at = noon}, credits);
           })
        .value();
  }
  Release got(ReleaseId id) {
    return read([&](ReadTx& tx) { return releases::get(tx, id); }).value();
  }
  void land(ReleaseId id, std::vector<releases::File> files = {}) {
    write([&](WriteTx& tx) {
      return releases::land(tx, id,
                            {.engine_version = 3,
                             .frames = 480'000,
                             .loudness = soundhub::takes::Loudness{-14, 5, -1},
                             .pcm_sha256 = key('e')},
                            files, later(60));
    });
  }
  MixId mix_{mix(song_, anna_)};
};

TEST_F(Releases, AreNumberedWithinTheirSong) {
  const auto other = song(anna_);
  EXPECT_EQ(release(song_).number, 1);
  EXPECT_EQ(release(song_).number, 2);
  EXPECT_EQ(release(other).number, 1);
  const auto third = release(song_);
  EXPECT_EQ(third.number, 3);
  const auto found = got(third.id);
  EXPECT_EQ(found.number, 3);
  EXPECT_EQ(found.song, song_);
  EXPECT_EQ(found.mix, mix_);
  EXPECT_EQ(found.graph_hash, "graph");
  EXPECT_EQ(found.state, ReleaseState::rendering);
  EXPECT_EQ(found.note, "final");
  EXPECT_EQ(found.created_at, noon);
  EXPECT_EQ(found.published_at, std::nullopt);
  EXPECT_EQ(found.rendered.loudness, std::nullopt);
  const auto listed = read([&](ReadTx& tx) { return releases::of_song(tx, song_, 2); });
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].number, 3);
  EXPECT_EQ(listed[1].number, 2);
  EXPECT_FALSE(read([](ReadTx& tx) { return releases::get(tx, ReleaseId{99}); }));
}

TEST_F(Releases, LandWithTheirFiles) {
  const auto id = release(song_).id;
  write([&](WriteTx& tx) { return releases::set_progress(tx, id, 0.25); });
  EXPECT_EQ(got(id).progress, 0.25);
  land(id, {{"mix.mp3", key('1'), 10}, {"mix.flac", key('2'), 20}});
  const auto found = got(id);
  EXPECT_EQ(found.state, ReleaseState::ready);
  EXPECT_EQ(found.progress, 1);
  EXPECT_EQ(found.published_at, later(60));
  EXPECT_EQ(found.rendered.engine_version, 3);
  EXPECT_EQ(found.rendered.frames, 480'000);
  EXPECT_EQ(found.rendered.loudness->integrated_lufs, -14);
  EXPECT_EQ(found.rendered.pcm_sha256, key('e'));
  const auto files = read([&](ReadTx& tx) { return releases::files(tx, {id}); });
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].file.name, "mix.flac");
  EXPECT_EQ(files[1].file.size_bytes, 10);
  EXPECT_EQ(read([&](ReadTx& tx) { return releases::file(tx, id, "mix.flac"); })->blob_key, key('2'));
  EXPECT_FALSE(read([&](ReadTx& tx) { return releases::file(tx, id, "mix.wav"); }));
}

TEST_F(Releases, LandingAgainReplacesTheFiles) {
  const auto id = release(song_).id;
  land(id, {{"mix.mp3", key('1'), 10}});
  land(id, {{"mix.flac", key('2'), 20}});
  EXPECT_EQ(read([&](ReadTx& tx) { return releases::files(tx, {id}); }).size(), 1u);
}

TEST_F(Releases, AndTheirFilesAreFoundForManyAtOnce) {
  const auto first = release(song_).id, second = release(song_).id, third = release(song_).id;
  land(first, {{"mix.mp3", key('1'), 10}, {"mix.flac", key('2'), 20}});
  land(third, {{"mix.opus", key('3'), 30}});
  const std::vector wanted{third, first, ReleaseId{99}};
  const auto found = read([&](ReadTx& tx) { return releases::get(tx, wanted); });
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].id, first);
  EXPECT_EQ(found[1].id, third);
  const auto files = read([&](ReadTx& tx) { return releases::files(tx, wanted); });
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[0].file.name, "mix.flac");
  EXPECT_EQ(files[1].file.name, "mix.mp3");
  EXPECT_EQ(files[1].release, first);
  EXPECT_EQ(files[2].release, third);
  EXPECT_EQ(files[2].file.blob_key, key('3'));
  EXPECT_THAT(read([&](ReadTx& tx) { return releases::files(tx, {second}); }), IsEmpty());
  EXPECT_THAT(read([](ReadTx& tx) { return releases::files(tx, {}); }), IsEmpty());
  EXPECT_THAT(read([](ReadTx& tx) { return releases::get(tx, std::vector<ReleaseId>{}); }), IsEmpty());
}

TEST_F(Releases, FailWithAKeyAndMayBeTriedAgain) {
  const auto id = release(song_).id;
  write([&](WriteTx& tx) { return releases::set_state(tx, id, ReleaseState::failed, "media.crashed"); });
  EXPECT_EQ(got(id).state, ReleaseState::failed);
  EXPECT_EQ(got(id).error_key, "media.crashed");
  write([&](WriteTx& tx) { return releases::set_state(tx, id, ReleaseState::rendering, std::nullopt); });
  EXPECT_EQ(got(id).error_key, std::nullopt);
  EXPECT_EQ(refusal([](WriteTx& tx) { return releases::set_progress(tx, ReleaseId{99}, 1); }), "release.not_found");
}

TEST_F(Releases, OneThatIsReadyIsFoundByItsGraphWhateverTheSong) {
  const auto by_graph = [&] { return read([](ReadTx& tx) { return releases::by_graph(tx, "same"); }); };
  const auto id = release(song_, "same").id;
  EXPECT_FALSE(by_graph()) << "still rendering";
  land(id);
  release(song(anna_), "same");
  EXPECT_EQ(by_graph()->id, id);
}

TEST_F(Releases, CreditsOfAPageComeInOneQuery) {
  using soundhub::songs::Instrument;
  const auto ben = user("ben");
  const auto a = part(song_, anna_), b = part(song_, ben);
  const auto credit = [](PartId p, UserId u, Instrument i) {
    return releases::Credit{.part = p, .musician = {.id = u, .nickname = {}}, .instrument = i};
  };
  const auto first = release(song_, "1", {credit(a, anna_, Instrument::guitar)}).id;
  const auto second = release(song_, "2", {credit(b, ben, Instrument::drums), credit(a, anna_, Instrument::guitar)}).id;
  const auto rows = read([&](ReadTx& tx) { return releases::credits(tx, {second, first}); });
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].release, first);
  EXPECT_EQ(rows[1].release, second);
  EXPECT_EQ(rows[1].credit.part, a);
  EXPECT_EQ(rows[2].credit.musician.nickname, "ben");
  EXPECT_EQ(rows[2].credit.instrument, Instrument::drums);
  EXPECT_THAT(read([](ReadTx& tx) { return releases::credits(tx, {}); }), IsEmpty());
}

}  // namespace
}  // namespace soundhub::storage
