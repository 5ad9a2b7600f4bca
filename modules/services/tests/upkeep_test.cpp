// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fixture.hpp"
#include "soundhub/services/listening.hpp"

namespace soundhub::services {
namespace {

class HousekeepingTest : public ServicesTest {
 protected:
  bool there(const blobs::Blob& blob) { return blobs_->stat(blob.key).has_value(); }
  Housekeeping housekeeping_{context()};
  UserId mina_{user("mina")};
};

TEST_F(HousekeepingTest, ANamelessBlobGoesWhenItIsADayOld) {
  const auto nameless = must(blobs::put(*blobs_, as_bytes("nobody's")));
  EXPECT_EQ(must(housekeeping_.run()).blobs_removed, 0);
  EXPECT_TRUE(there(nameless)) << "its row may still be on the way";
  clock_.pass(std::chrono::hours{25});
  const auto report = must(housekeeping_.run());
  EXPECT_EQ(report.blobs_removed, 1);
  EXPECT_EQ(report.bytes_removed, 8);
  EXPECT_FALSE(there(nameless));
}

TEST_F(HousekeepingTest, WhatARowNamesStays) {
  const auto id = song(mina_);
  const auto view = first_part(id, mina_);
  const auto started = must(releases_.release(mina_, id, mix(mina_, id, {channel(view)}).id, ""));
  must(run_job("render"));
  clock_.pass(std::chrono::days{400});
  EXPECT_EQ(must(housekeeping_.run()).blobs_removed, 0);
  Listening listening{context()};
  EXPECT_TRUE(listening.original(mina_, view.take.id));
  EXPECT_TRUE(listening.preview({}, view.take.id));
  EXPECT_TRUE(listening.segment({}, view.take.id, 1));
  EXPECT_TRUE(listening.peaks({}, view.take.id, 256));
  EXPECT_TRUE(listening.release_file({}, started.release.id, "mix.opus"));
}

TEST_F(HousekeepingTest, AnExpiredUploadGoesWithItsBytes) {
  const auto id = upload(mina_, "never used");
  EXPECT_EQ(must(housekeeping_.run()).uploads, 0);
  EXPECT_TRUE(uploads_.get(mina_, id));
  clock_.pass(std::chrono::hours{25});
  const auto report = must(housekeeping_.run());
  EXPECT_EQ(report.uploads, 1);
  EXPECT_EQ(report.blobs_removed, 1);
}

TEST_F(HousekeepingTest, BytesThatATakeAlsoNamesStay) {
  const auto id = song(mina_);
  upload(mina_, "riff");  // the same bytes as the song's take
  clock_.pass(std::chrono::hours{25});
  EXPECT_EQ(must(housekeeping_.run()).uploads, 1);
  EXPECT_TRUE(Listening{context()}.original(mina_, first_part(id, mina_).take.id));
}

TEST_F(HousekeepingTest, OldEventsAreForgottenButTheNewestSoThatIdsGoOn) {
  song(mina_);
  const auto last = events().back().id;
  ASSERT_GT(events().size(), 1u);
  clock_.pass(std::chrono::days{8});
  must(housekeeping_.run());
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events().front().id, last);
}

TEST_F(HousekeepingTest, OfManyHostsOneKeepsHouseAnHour) {
  Housekeeping other{context()};
  EXPECT_TRUE(must(housekeeping_.run_in_turn()));
  EXPECT_FALSE(must(other.run_in_turn()));
  clock_.pass(std::chrono::hours{1});
  EXPECT_TRUE(must(other.run_in_turn()));
  EXPECT_FALSE(must(housekeeping_.run_in_turn()));
}

}  // namespace
}  // namespace soundhub::services
