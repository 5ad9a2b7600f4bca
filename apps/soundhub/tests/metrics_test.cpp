// SPDX-License-Identifier: AGPL-3.0-or-later
#include "metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace soundhub::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, ACounterIsShownWithItsLabelsInOrder) {
  Metrics metrics;
  metrics.declare("jobs_total", Metrics::Kind::counter, "Attempts at jobs.", {"kind", "outcome"});
  metrics.add("jobs_total", {"ingest", "done"});
  metrics.add("jobs_total", {"ingest", "done"});
  EXPECT_EQ(metrics.text(),
            "# HELP jobs_total Attempts at jobs.\n# TYPE jobs_total counter\n"
            "jobs_total{kind=\"ingest\",outcome=\"done\"} 2\n");
}

TEST(Metrics, BucketsOfAHistogramCountUp) {
  Metrics metrics;
  metrics.declare("seconds", Metrics::Kind::histogram, "Time.");
  metrics.observe("seconds", {}, 0.001);  // a bound counts as below it
  metrics.observe("seconds", {}, 0.3);
  metrics.observe("seconds", {}, 100);
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("seconds_bucket{le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{le=\"0.25\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{le=\"0.5\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{le=\"60\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("seconds_sum 100.301\n"));
}

TEST(Metrics, LabelsCannotBreakOutOfTheirQuotes) {
  Metrics metrics;
  metrics.declare("x", Metrics::Kind::counter, "X.", {"l"});
  metrics.add("x", {"a\"b\\c\nd"});
  EXPECT_THAT(metrics.text(), HasSubstr("x{l=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(Metrics, AGaugeThatIsClearedShowsOnlyWhatIsSetAfresh) {
  Metrics metrics;
  metrics.declare("depth", Metrics::Kind::gauge, "Depth.", {"kind"});
  metrics.set("depth", {"ingest"}, 3);
  metrics.clear("depth");
  metrics.set("depth", {"render"}, 1);
  EXPECT_THAT(metrics.text(), Not(HasSubstr("ingest")));
  EXPECT_THAT(metrics.text(), HasSubstr("depth{kind=\"render\"} 1\n"));
}

TEST(Metrics, WhatManyThreadsCountIsAllThere) {
  Metrics metrics;
  metrics.declare("x", Metrics::Kind::counter, "X.", {"l"});
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) metrics.add("x", {"a"});
      });
  }
  EXPECT_THAT(metrics.text(), HasSubstr("x{l=\"a\"} 4000\n"));
}

}  // namespace
}  // namespace soundhub::app
