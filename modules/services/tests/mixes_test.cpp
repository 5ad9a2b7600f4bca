// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fixture.hpp"

namespace soundhub::services {
namespace {

class MixesTest : public ServicesTest {
 protected:
  Result<mixes::Mix> save(std::vector<mixes::Channel> channels, std::optional<MixId> parent = {}) {
    return mixes_.save(mina_, song_,
                       {.parent = parent, .name = "", .settings = {.channels = std::move(channels), .master = {}}});
  }
  UserId mina_{user("mina")}, joon_{user("joon")};
  SongId song_{song(mina_)};
  mixes::Channel own_{channel(first_part(song_, mina_))};
};

TEST_F(MixesTest, ASavedMixIsTheSongsNewest) {
  own_.gain_db = -3.25;
  const auto first = must(save({own_}));
  EXPECT_EQ(first.settings.channels, std::vector{own_});
  const auto second = must(save({own_}, first.id));
  EXPECT_EQ(second.parent, first.id);
  EXPECT_EQ(must(songs_.get({}, song_)).mix->id, second.id);
  EXPECT_EQ(must(mixes_.list({}, song_, {}, 10)).mixes.size(), 2u);
}

TEST_F(MixesTest, AMixOnTopOfAnOldOneIsStale) {
  const auto first = must(save({own_}));
  must(save({own_}, first.id));
  EXPECT_EQ(refusal(save({own_}, first.id)), "mix.stale");
  EXPECT_EQ(refusal(save({own_})), "mix.stale");
}

TEST_F(MixesTest, AnOfferedPartIsntMixed) {
  const auto offered = part(joon_, song_);
  EXPECT_EQ(refusal(save({own_, channel(offered)})), "mix.part_unknown");
  must(parts_.accept(mina_, offered.part.id));
  EXPECT_TRUE(save({own_, channel(offered)}));
}

TEST_F(MixesTest, ATakeThatIsntReadyIsntMixed) {
  const auto fresh = must(parts_.offer(mina_, song_, {.upload_id = upload(mina_)}));
  EXPECT_EQ(refusal(save({channel(fresh)})), "mix.part_unknown");
}

TEST_F(MixesTest, APartOfAnotherSongIsntMixed) {
  EXPECT_EQ(refusal(save({channel(first_part(song(mina_), mina_))})), "mix.part_unknown");
}

TEST_F(MixesTest, APartsTakeIsItsOwn) {
  auto wrong = own_;
  wrong.take = part(mina_, song_).take.id;
  EXPECT_EQ(refusal(save({wrong})), "mix.part_unknown");
}

TEST_F(MixesTest, OnlyTheOwnerMixes) {
  EXPECT_EQ(
      refusal(mixes_.save(joon_, song_, {.parent = {}, .name = "", .settings = {.channels = {own_}, .master = {}}})),
      "song.not_yours");
}

}  // namespace
}  // namespace soundhub::services
