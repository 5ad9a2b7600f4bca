// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/jobs/policy.hpp"

#include <gtest/gtest.h>

namespace soundhub::jobs {
namespace {

TEST(Backoff, DoublesUpToTenMinutes) {
  EXPECT_EQ(backoff(1, 1), Millis{2'000});
  EXPECT_EQ(backoff(2, 1), Millis{4'000});
  EXPECT_EQ(backoff(5, 1), Millis{32'000});
  EXPECT_EQ(backoff(9, 1), Millis{512'000});
  EXPECT_EQ(backoff(10, 1), Millis{600'000});
  EXPECT_EQ(backoff(1'000'000, 1), Millis{600'000});
}

TEST(Backoff, JitterTakesAtMostHalfAway) {
  EXPECT_EQ(backoff(3, 0), Millis{4'000});
  EXPECT_EQ(backoff(3, 0.5), Millis{6'000});
  EXPECT_EQ(backoff(3, -7), Millis{4'000});
  EXPECT_EQ(backoff(3, 7), Millis{8'000});
}

}  // namespace
}  // namespace soundhub::jobs
