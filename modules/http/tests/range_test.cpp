// SPDX-License-Identifier: AGPL-3.0-or-later
#include "range.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace soundhub::http {
namespace {

using Kind = RangeChoice::Kind;
using Ranges = std::vector<ByteRange>;

TEST(Range, OneRangeIsClippedToTheSize) {
  EXPECT_EQ(choose_ranges("bytes=2-5", 10).ranges, (Ranges{{2, 5}}));
  EXPECT_EQ(choose_ranges("bytes=2-", 10).ranges, (Ranges{{2, 9}}));
  EXPECT_EQ(choose_ranges("Bytes=2-99999999999999999999999", 10).ranges, (Ranges{{2, 9}}));
}

TEST(Range, ASuffixCountsFromTheEnd) {
  EXPECT_EQ(choose_ranges("bytes=-3", 10).ranges, (Ranges{{7, 9}}));
  EXPECT_EQ(choose_ranges("bytes=-30", 10).ranges, (Ranges{{0, 9}}));
  EXPECT_EQ(choose_ranges("bytes=-0", 10).kind, Kind::unsatisfiable);
}

TEST(Range, WhatLiesOutsideIsUnsatisfiableUnlessAnotherFits) {
  EXPECT_EQ(choose_ranges("bytes=10-", 10).kind, Kind::unsatisfiable);
  EXPECT_EQ(choose_ranges("bytes=0-", 0).kind, Kind::unsatisfiable);
  EXPECT_EQ(choose_ranges("bytes=10-,1-1", 10).ranges, (Ranges{{1, 1}}));
}

TEST(Range, NonsenseIsIgnored) {
  for (const auto* text : {"", "bytes", "bytes=", "bytes=,", "lines=1-2", "bytes=a-b", "bytes=5-2", "bytes=1-2,x",
                           "bytes=--1", "bytes=1", "bytes=+1-2", "bytes=0x1-2", "bytes=1-2;3"})
    EXPECT_EQ(choose_ranges(text, 10).kind, Kind::whole) << text;
}

TEST(Range, SeparateRangesKeepTheClientsOrderAndOverlappingOnesAreMerged) {
  EXPECT_EQ(choose_ranges("bytes=8-9, 0-1", 10).ranges, (Ranges{{8, 9}, {0, 1}}));
  EXPECT_EQ(choose_ranges("bytes=3-6,0-1,5-7", 10).ranges, (Ranges{{0, 1}, {3, 7}}));
  EXPECT_EQ(choose_ranges("bytes=2-3,0-1", 10).ranges, (Ranges{{0, 3}}));
}

TEST(Range, MoreThanSixteenAreNotServed) {
  std::string sixteen = "bytes=0-0";
  for (int i = 1; i < 16; ++i) sixteen += "," + std::to_string(i * 2) + "-" + std::to_string(i * 2);
  EXPECT_EQ(choose_ranges(sixteen, 100).ranges.size(), 16u);
  EXPECT_EQ(choose_ranges(sixteen + ",50-50", 100).kind, Kind::whole);
}

/// Any set of valid specs selects exactly the bytes that each of them names, each byte once.
TEST(Range, SelectsTheSameBytesAsTheReference) {
  std::mt19937 random{7};
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  for (int round = 0; round < 3000; ++round) {
    const auto size = below(20);
    std::string header = "bytes=";
    std::vector<bool> wanted(size);
    for (unsigned n = 1 + below(5), i = 0; i < n; ++i) {
      const auto first = below(25), last = first + below(25);
      if (i > 0) header += ",";
      if (below(3) == 0) {
        header += "-" + std::to_string(first);
        for (unsigned b = 0; b < size; ++b) wanted[b] = wanted[b] || b + first >= size;
      } else {
        header += std::to_string(first) + "-" + std::to_string(last);
        for (unsigned b = 0; b < size; ++b) wanted[b] = wanted[b] || (b >= first && b <= last);
      }
    }
    std::vector<int> got(size);
    const auto choice = choose_ranges(header, size);
    for (const auto& range : choice.ranges)
      for (auto b = range.first; b <= range.last; ++b) ++got.at(b);
    const bool any = std::find(wanted.begin(), wanted.end(), true) != wanted.end();
    ASSERT_EQ(choice.kind, any ? Kind::partial : Kind::unsatisfiable) << header << " of " << size;
    for (unsigned b = 0; b < size; ++b) ASSERT_EQ(got[b], wanted[b] ? 1 : 0) << header << " of " << size << " at " << b;
  }
}

}  // namespace
}  // namespace soundhub::http
