// SPDX-License-Identifier: AGPL-3.0-or-later
#include "handler_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <latch>

namespace soundhub::http {
namespace {

TEST(HandlerPool, TasksThatWaitForEachOtherAllGetAThread) {
  HandlerPool pool{4, 8};
  std::barrier together{4};
  std::latch done{4};
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(pool.try_submit([&] {
      together.arrive_and_wait();
      done.count_down();
    }));
  }
  done.wait();
}

TEST(HandlerPool, ALongTaskHoldsNobodyUp) {
  HandlerPool pool{2, 8};
  std::latch release{1}, others{100};
  ASSERT_TRUE(pool.submit([&] { release.wait(); }));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(pool.submit([&] { others.count_down(); }));
  others.wait();
  release.count_down();
}

TEST(HandlerPool, TasksFromManyThreadsRunOnceEach) {
  constexpr int submitters = 4, each = 5'000;
  std::atomic<int> ran{};
  {
    HandlerPool pool{8, 0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < submitters; ++i)
      threads.emplace_back([&] {
        for (int task = 0; task < each; ++task) pool.submit([&] { ++ran; });
      });
    threads.clear();
    pool.stop();
  }
  EXPECT_EQ(ran, submitters * each);
}

TEST(HandlerPool, WhatIsBeyondTheQueueIsRefused) {
  HandlerPool pool{1, 1};
  std::latch release{1};
  EXPECT_TRUE(pool.try_submit([&] { release.wait(); }));
  EXPECT_TRUE(pool.try_submit([] {}));
  EXPECT_FALSE(pool.try_submit([] {}));
  release.count_down();
}

TEST(HandlerPool, StoppingRunsWhatIsQueuedAndRefusesTheRest) {
  std::atomic<int> ran{};
  HandlerPool pool{1, 100};
  std::latch release{1};
  pool.submit([&] { release.wait(); });
  for (int i = 0; i < 50; ++i) pool.submit([&] { ++ran; });
  release.count_down();
  pool.stop();
  EXPECT_EQ(ran, 50);
  EXPECT_FALSE(pool.submit([] {}));
}

}  // namespace
}  // namespace soundhub::http
