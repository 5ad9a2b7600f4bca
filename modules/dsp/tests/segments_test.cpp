// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "host.hpp"

namespace soundhub::dsp {
namespace {

using test::Host;
using test::Samples;
using test::Stereo;

constexpr std::int64_t piece = segment_frames;

class Segments : public ::testing::Test {
 protected:
  /// A stem of eight segments and a bit. Nothing is played: these tests only ask what is wanted.
  Segments() {
    engine_->prepare(1);
    engine_->set_stem(0, {.channels = 1, .frames = 8 * piece + 100});
  }
  bool give(std::int64_t segment) {
    return engine_->give(0, segment, memory_.data(), nullptr, engine_->segment_length(0, segment));
  }
  void expect_wanted(std::int64_t slot0, std::int64_t slot1) const {
    EXPECT_EQ(engine_->wanted(0, 0), slot0);
    EXPECT_EQ(engine_->wanted(0, 1), slot1);
  }
  std::unique_ptr<Engine> engine_ = std::make_unique<Engine>();
  Samples memory_ = Samples(segment_frames);
};

TEST_F(Segments, TheOneThatPlaysAndTheNextAreWanted) {
  expect_wanted(0, 1);
  ASSERT_TRUE(give(0));
  ASSERT_TRUE(give(1));
  expect_wanted(-1, -1);
  engine_->seek(piece);
  expect_wanted(2, -1);
  engine_->seek(8 * piece);
  expect_wanted(8, -1);
  engine_->seek(9 * piece);
  expect_wanted(-1, -1);
}

TEST_F(Segments, AnAnswerThatASeekOvertookIsRefused) {
  engine_->seek(4 * piece);
  EXPECT_EQ(engine_->slot_for(0, 5), 1);
  EXPECT_FALSE(give(1));
  EXPECT_TRUE(give(5));
  EXPECT_FALSE(give(5));
}

TEST_F(Segments, ASegmentOfTheWrongLengthIsRefused) {
  EXPECT_FALSE(engine_->give(0, 0, memory_.data(), nullptr, segment_frames - 1));
  engine_->seek(8 * piece);
  EXPECT_FALSE(engine_->give(0, 8, memory_.data(), nullptr, segment_frames));
  EXPECT_TRUE(engine_->give(0, 8, memory_.data(), nullptr, 100));
  EXPECT_EQ(engine_->segment_length(0, 9), 0);
  EXPECT_EQ(engine_->segment_length(0, -1), 0);
}

TEST_F(Segments, BeforeItsOffsetAStemWantsItsFirst) {
  engine_->set_offset(0, 3 * piece);
  expect_wanted(0, 1);
  engine_->seek(5 * piece);
  expect_wanted(2, 3);
}

TEST_F(Segments, BeforeALoopWrapsItsFirstSegmentIsWantedInTheFreeSlot) {
  ASSERT_TRUE(engine_->set_loop(2 * piece + 5, 5 * piece));
  engine_->seek(4 * piece);
  expect_wanted(4, 2);
  ASSERT_TRUE(give(4));
  ASSERT_TRUE(give(2));
  engine_->seek(2 * piece + 5);
  expect_wanted(3, -1);
}

TEST_F(Segments, ALoopInsideTwoSegmentsWantsNothingMoreOnceTheyAreThere) {
  ASSERT_TRUE(engine_->set_loop(2 * piece + 5, 4 * piece));
  engine_->seek(3 * piece);
  ASSERT_TRUE(give(3));
  ASSERT_TRUE(give(2));
  expect_wanted(-1, -1);
  engine_->seek(2 * piece + 5);
  expect_wanted(-1, -1);
}

TEST_F(Segments, ALoopThatEndsBeforeTheStemComesWantsNothing) {
  engine_->set_offset(0, 6 * piece);
  ASSERT_TRUE(engine_->set_loop(0, 5 * piece));
  expect_wanted(-1, -1);
  EXPECT_TRUE(engine_->ready());
}

TEST_F(Segments, ReadyMeansThatTheNextFramesAreThere) {
  EXPECT_FALSE(engine_->ready());
  give(0);
  EXPECT_TRUE(engine_->ready());
  engine_->seek(piece - ready_frames + 1);
  EXPECT_FALSE(engine_->ready());
  give(1);
  EXPECT_TRUE(engine_->ready());
}

TEST_F(Segments, ALoopOfThreeSegmentsIsReadyWithTheTwoThatThereAreSlotsFor) {
  ASSERT_TRUE(engine_->set_loop(piece - 100, 2 * piece + 100));
  engine_->seek(2 * piece - 50);
  ASSERT_TRUE(give(1));
  EXPECT_FALSE(engine_->ready());
  ASSERT_TRUE(give(2));
  EXPECT_TRUE(engine_->ready());
  engine_->seek(2 * piece);
  EXPECT_FALSE(engine_->ready());
  ASSERT_TRUE(give(0));
  EXPECT_TRUE(engine_->ready());
}

TEST_F(Segments, ADroppedSlotIsWantedAgain) {
  give(0);
  give(1);
  engine_->drop(0, 1);
  expect_wanted(-1, 1);
}

TEST(Underrun, MissingPcmIsSilenceAndIsCounted) {
  Host host(1);
  host.set_stem(0, test::constant(48000, 0.5F));
  float left[64], right[64];
  host.engine().process(left, right, 64);
  EXPECT_EQ(host.engine().underruns(), 1);
  EXPECT_EQ(left[0], 0);
  host.process(4096);
  EXPECT_EQ(host.engine().underruns(), 1);
}

TEST(Underrun, SegmentsJoinWithoutAGapInAnUnevenPlace) {
  Host host(1);
  const Samples stem = test::noise(2 * segment_frames + 5000, 1, 0.3F);
  host.set_stem(0, {stem, stem}, 333);
  const Stereo out = host.render(4096);
  EXPECT_EQ(host.engine().underruns(), 0);
  EXPECT_TRUE(std::equal(stem.begin(), stem.end(), out.left.begin() + 333));
}

}  // namespace
}  // namespace soundhub::dsp
