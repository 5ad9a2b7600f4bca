// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/mixes.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace soundhub::mixes {
namespace {

Settings two_channels() {
  Settings settings;
  settings.channels = {{.part = PartId{1}, .take = TakeId{11}}, {.part = PartId{2}, .take = TakeId{12}}};
  return settings;
}

TEST(Mix, NumbersOutOfRangeAndDoubledPartsAreRefused) {
  EXPECT_TRUE(valid_settings(two_channels()));
  const auto refused = [](auto change) {
    auto settings = two_channels();
    change(settings);
    return !valid_settings(settings);
  };
  EXPECT_TRUE(refused([](Settings& s) { s.channels[0].gain_db = 12.1; }));
  EXPECT_TRUE(refused([](Settings& s) { s.channels[0].pan = std::nan(""); }));
  EXPECT_TRUE(refused([](Settings& s) { s.channels[1].part = PartId{1}; }));
  EXPECT_TRUE(refused([](Settings& s) { s.channels[0].offset_frames = std::int64_t{1} << 60; }));
  EXPECT_TRUE(refused([](Settings& s) { s.master.ceiling_dbtp = 1; }));
  EXPECT_TRUE(refused([](Settings& s) { s.channels.resize(65); }));
  EXPECT_TRUE(refused([](Settings& s) { s.channels.clear(); }));
}

TEST(Mix, SoloSilencesTheOthersAndMuteWinsOverSolo) {
  auto settings = two_channels();
  settings.channels[0].soloed = true;
  EXPECT_TRUE(audible(settings, settings.channels[0]));
  EXPECT_FALSE(audible(settings, settings.channels[1]));
  settings.channels[0].muted = true;
  EXPECT_FALSE(audible(settings, settings.channels[0]));
}

TEST(Mix, GraphsThatSoundTheSameHaveTheSameText) {
  auto muted = two_channels(), absent = two_channels();
  muted.channels[1].muted = true;
  absent.channels.pop_back();
  EXPECT_EQ(canonical_graph(muted, 1), canonical_graph(absent, 1));
  EXPECT_NE(canonical_graph(muted, 1), canonical_graph(muted, 2));
  auto nudged = absent;
  nudged.channels[0].offset_frames = 1;
  EXPECT_NE(canonical_graph(nudged, 1), canonical_graph(absent, 1));
}

}  // namespace
}  // namespace soundhub::mixes
