// SPDX-License-Identifier: AGPL-3.0-or-later
// What stays true when several do the same at the same moment, whichever database it is.
#include <barrier>
#include <map>
#include <mutex>
#include <thread>

#include "fixture.hpp"

namespace soundhub::services {
namespace {

class Together : public ServicesTest {
 protected:
  static constexpr int crowd = 6;

  /// How often each outcome came ("" for success) when all do it at once.
  template <class F>
  static std::map<std::string, int> outcomes(F act, int threads = crowd) {
    std::barrier start{threads};
    std::mutex mutex;
    std::map<std::string, int> out;
    {
      std::vector<std::jthread> all;
      for (int t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
          start.arrive_and_wait();
          const auto key = refusal(act(t));
          const std::lock_guard lock{mutex};
          ++out[key];
        });
    }
    return out;
  }
  using Outcomes = std::map<std::string, int>;

  UserId mina_{user("mina")}, juno_{user("juno")};
};

TEST_F(Together, APartIsAcceptedOnceAndItsSeatFilledOnce) {
  const auto id = song(mina_);
  const auto seat = must(songs_.open_seat(mina_, id, {.instrument = songs::Instrument::drums, .note = ""}));
  const auto offered = part(juno_, id, seat.id);
  const auto before = events().size();
  const auto done = outcomes([&](int) { return parts_.accept(mina_, offered.part.id); });
  EXPECT_EQ(done.at(""), 1);
  EXPECT_EQ(done.size(), 2u);
  EXPECT_EQ(events().size(), before + 1);
  EXPECT_TRUE(must(songs_.get({}, id)).seats.empty());
}

TEST_F(Together, AnOfferIsEitherAcceptedOrWithdrawnNeverBoth) {
  const auto id = song(mina_);
  for (int round = 0; round < 4; ++round) {
    const auto offered = part(juno_, id).part.id;
    const auto before = events().size();
    const auto done =
        outcomes([&](int t) { return t == 0 ? parts_.accept(mina_, offered) : parts_.withdraw(juno_, offered); }, 2);
    EXPECT_EQ(done, (Outcomes{{"", 1}, {"part.wrong_state", 1}}));
    EXPECT_EQ(events().size(), before + 1);
  }
}

TEST_F(Together, NoSongHasMoreOpenSeatsThanAllowed) {
  const auto id = song(mina_);
  const auto seat = [&] { return songs_.open_seat(mina_, id, {.instrument = songs::Instrument::bass, .note = ""}); };
  for (int i = 0; i < songs::max_open_seats - 2; ++i) must(seat());
  EXPECT_EQ(outcomes([&](int) { return seat(); }), (Outcomes{{"", 2}, {"song.too_many_seats", crowd - 2}}));
  EXPECT_EQ(must(songs_.get(mina_, id)).seats.size(), static_cast<std::size_t>(songs::max_open_seats));
}

TEST_F(Together, AMixHasOneChild) {
  const auto id = song(mina_);
  const auto own = channel(first_part(id, mina_));
  const auto parent = mix(mina_, id, {own}).id;
  const auto save = [&](int) {
    return mixes_.save(mina_, id, {.parent = parent, .name = "", .settings = {.channels = {own}, .master = {}}});
  };
  EXPECT_EQ(outcomes(save), (Outcomes{{"", 1}, {"mix.stale", crowd - 1}}));
}

TEST_F(Together, ASongRendersOneReleaseAtATime) {
  const auto id = song(mina_);
  const auto saved = mix(mina_, id, {channel(first_part(id, mina_))}).id;
  EXPECT_EQ(outcomes([&](int) { return releases_.release(mina_, id, saved, ""); }),
            (Outcomes{{"", 1}, {"release.rendering", crowd - 1}}));
}

TEST_F(Together, AnUploadIsUsedOnce) {
  const auto wanted = new_song(mina_);
  const auto done = outcomes([&](int) { return songs_.create(mina_, wanted); });
  EXPECT_EQ(done, (Outcomes{{"", 1}, {"upload.not_found", crowd - 1}}));
}

TEST_F(Together, ANameIsTakenOnce) {
  const auto join = [&](int t) {
    return db_->write([&](storage::WriteTx& tx) {
      return storage::accounts::insert(tx, {.email = std::to_string(t) + "@example.org", .nickname = "Anna"});
    });
  };
  EXPECT_EQ(outcomes(join), (Outcomes{{"", 1}, {"account.nickname_taken", crowd - 1}}));
}

}  // namespace
}  // namespace soundhub::services
