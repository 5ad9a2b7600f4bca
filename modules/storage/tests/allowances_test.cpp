// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/allowances.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "fixture.hpp"

namespace soundhub::storage {
namespace {

class AllowancesTest : public RepositoryTest {
 protected:
  static constexpr allowances::Allowance three_an_hour{.most = 3, .window = std::chrono::hours{1}};
  bool spend(std::string_view subject, Time now) {
    return write([&](WriteTx& tx) { return allowances::spend(tx, subject, three_an_hour, now); }).value();
  }
};

TEST_F(AllowancesTest, WhatIsUsedUpIsRefusedUntilTheWindowHasPassed) {
  EXPECT_TRUE(spend("a", noon));
  EXPECT_TRUE(spend("a", later(1)));
  EXPECT_TRUE(spend("a", later(2)));
  EXPECT_FALSE(spend("a", later(3)));
  EXPECT_TRUE(spend("b", later(3))) << "everyone has their own";
  EXPECT_FALSE(spend("a", later(3'599'999)));
  EXPECT_TRUE(spend("a", later(3'600'000)));
}

TEST_F(AllowancesTest, ARolledBackUseIsNotCounted) {
  for (int i = 0; i < 5; ++i) {
    refusal([&](WriteTx& tx) -> Result<void> {
      SH_CHECK(allowances::spend(tx, "a", three_an_hour, noon));
      return fail(Errc::invalid, "something.else");
    });
  }
  EXPECT_TRUE(spend("a", noon));
}

TEST_F(AllowancesTest, ManyAtOnceGetNoMoreThanThereIs) {
  std::atomic<int> allowed{};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] {
        if (spend("a", noon)) ++allowed;
      });
  }
  EXPECT_EQ(allowed, 3);
}

TEST_F(AllowancesTest, OldWindowsAreForgotten) {
  for (int i = 0; i < 3; ++i) spend("a", noon);
  write([&](WriteTx& tx) { return allowances::forget_before(tx, later(1)); });
  EXPECT_TRUE(spend("a", noon));
}

}  // namespace
}  // namespace soundhub::storage
