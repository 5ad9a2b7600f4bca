// SPDX-License-Identifier: AGPL-3.0-or-later
// What every BlobStore must do, whatever holds the bytes. A store instantiates the suite with how to make one:
//   INSTANTIATE_TEST_SUITE_P(Folder, StoreContract, ::testing::Values(MakeStore{…}));
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "soundhub/blobs/store.hpp"
#include "soundhub/blobs/upkeep.hpp"

namespace soundhub::blobs {

/// A store and whatever must live as long.
struct Made {
  std::shared_ptr<void> keeps;
  std::unique_ptr<BlobStore> store;
};
using MakeStore = std::function<Made()>;

class StoreContract : public ::testing::TestWithParam<MakeStore> {
 protected:
  Blob put(std::string_view text) { return blobs::put(store(), as_bytes(text)).value(); }
  std::string read(const BlobKey& key) {
    const auto source = store().open(key);
    return source ? read_all(**source, 1 << 24).value() : source.error().key;
  }
  std::set<std::string> listed() {
    std::set<std::string> keys;
    EXPECT_TRUE(store().list([&](const Listed& l) -> Result<void> {
      keys.insert(l.blob.key.hex());
      return {};
    }));
    return keys;
  }
  BlobStore& store() { return *made_.store; }
  static Time in_an_hour() { return SystemClock{}.now() + std::chrono::hours{1}; }
  static Time an_hour_ago() { return SystemClock{}.now() - std::chrono::hours{1}; }

  Made made_{GetParam()()};
};

TEST_P(StoreContract, ABlobIsNamedByTheSha256OfItsBytes) {
  const auto blob = put("abc");
  EXPECT_EQ(blob.key.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(blob.size_bytes, 3u);
  EXPECT_EQ(read(blob.key), "abc");
}

TEST_P(StoreContract, TheEmptyBlobIsABlob) {
  const auto blob = put("");
  EXPECT_EQ(blob.size_bytes, 0u);
  EXPECT_EQ(read(blob.key), "");
}

TEST_P(StoreContract, PiecesOfAnySizeMakeOneBlob) {
  const auto writer = store().begin().value();
  std::string whole;
  for (std::size_t size : {1u, 0u, 70'000u, 3u, 1'000'000u}) {
    const std::string piece(size, static_cast<char>('a' + size % 26));
    ASSERT_TRUE(writer->write(as_bytes(piece)));
    whole += piece;
  }
  const auto blob = writer->commit().value();
  EXPECT_EQ(blob.key.hex(), sha256_hex(as_bytes(whole)));
  EXPECT_EQ(read(blob.key), whole);
}

TEST_P(StoreContract, NobodySeesABlobBeforeItIsCommitted) {
  const auto writer = store().begin().value();
  ASSERT_TRUE(writer->write(as_bytes("secret")));
  EXPECT_TRUE(listed().empty());
  EXPECT_EQ(store().stat(BlobKey{sha256(as_bytes("secret"))}).error().key, "blob.not_found");
}

TEST_P(StoreContract, ADroppedWriterLeavesNothing) {
  {
    const auto writer = store().begin().value();
    ASSERT_TRUE(writer->write(as_bytes("half")));
  }
  EXPECT_TRUE(listed().empty());
}

TEST_P(StoreContract, SecondCommitIsRefused) {
  const auto writer = store().begin().value();
  ASSERT_TRUE(writer->commit());
  EXPECT_FALSE(writer->commit());
  EXPECT_FALSE(writer->write(as_bytes("late")));
}

TEST_P(StoreContract, TheSameBytesAreKeptOnce) {
  EXPECT_EQ(put("same").key, put("same").key);
  EXPECT_EQ(listed().size(), 1u);
}

TEST_P(StoreContract, RangesAreReadFromAnywhereAndStopAtTheEnd) {
  const auto blob = put("0123456789");
  const auto source = store().open(blob.key).value();
  ASSERT_EQ(source->size(), 10u);
  Bytes out(4);
  ASSERT_EQ(source->read(3, out).value(), 4u);
  EXPECT_EQ(as_text(out), "3456");
  ASSERT_EQ(source->read(8, out).value(), 2u);
  EXPECT_EQ(as_text(BytesView{out}.first(2)), "89");
  EXPECT_EQ(source->read(10, out).value(), 0u);
  EXPECT_EQ(source->read(1'000, out).value(), 0u);
}

TEST_P(StoreContract, WhatIsNotThereIsNotFound) {
  const BlobKey missing{sha256(as_bytes("never put"))};
  EXPECT_EQ(store().open(missing).error().code, Errc::not_found);
  EXPECT_EQ(store().stat(missing).error().key, "blob.not_found");
}

TEST_P(StoreContract, TheListHasEveryBlobWithItsSize) {
  std::set<std::string> expected;
  for (int i = 0; i < 50; ++i) expected.insert(put(std::string(static_cast<std::size_t>(i), 'x')).key.hex());
  EXPECT_EQ(listed(), expected);
  std::uint64_t bytes = 0;
  ASSERT_TRUE(store().list([&](const Listed& l) -> Result<void> {
    bytes += l.blob.size_bytes;
    EXPECT_GT(l.put_at, an_hour_ago());
    EXPECT_LT(l.put_at, in_an_hour());
    return {};
  }));
  EXPECT_EQ(bytes, 49u * 50 / 2);
}

TEST_P(StoreContract, AnErrorOfTheVisitorEndsTheList) {
  put("a");
  put("b");
  int seen = 0;
  const auto listing = store().list([&](const Listed&) -> Result<void> {
    ++seen;
    return fail(Errc::internal, "test.enough");
  });
  EXPECT_EQ(listing.error().key, "test.enough");
  EXPECT_EQ(seen, 1);
}

TEST_P(StoreContract, OnlyOldBlobsAreRemoved) {
  const auto blob = put("young");
  EXPECT_FALSE(store().remove(blob.key, an_hour_ago()).value());
  EXPECT_EQ(read(blob.key), "young");
  EXPECT_TRUE(store().remove(blob.key, in_an_hour()).value());
  EXPECT_EQ(read(blob.key), "blob.not_found");
  EXPECT_TRUE(store().remove(blob.key, in_an_hour()).value()) << "gone is gone";
  EXPECT_EQ(put("young").key, blob.key) << "and may come back";
  EXPECT_EQ(read(blob.key), "young");
}

TEST_P(StoreContract, AReaderKeepsReadingABlobThatIsRemoved) {
  const auto blob = put("still playing");
  const auto source = store().open(blob.key).value();
  ASSERT_TRUE(store().remove(blob.key, in_an_hour()).value());
  EXPECT_EQ(read_all(*source, 100).value(), "still playing");
}

TEST_P(StoreContract, ASweepTakesOldNamelessBlobsOnly) {
  const auto named = put("named"), nameless = put("nameless");
  const auto is_named = [&](const BlobKey& key) -> Result<bool> { return key == named.key; };
  EXPECT_EQ(sweep(store(), an_hour_ago(), is_named)->removed, 0u);
  const auto swept = sweep(store(), in_an_hour(), is_named).value();
  EXPECT_EQ(swept.kept, 1u);
  EXPECT_EQ(swept.removed, 1u);
  EXPECT_EQ(swept.removed_bytes, 8u);
  EXPECT_EQ(listed(), std::set{named.key.hex()});
}

TEST_P(StoreContract, ASweepThatCannotAskRemovesNothing) {
  put("kept");
  const auto swept = sweep(store(), in_an_hour(),
                           [](const BlobKey&) -> Result<bool> { return fail(Errc::unavailable, "storage.busy"); });
  EXPECT_EQ(swept.error().key, "storage.busy");
  EXPECT_EQ(listed().size(), 1u);
}

TEST_P(StoreContract, ManyThreadsPutTheSameAndDifferentBlobsAtOnce) {
  {
    std::vector<std::jthread> crowd;
    for (int t = 0; t < 6; ++t)
      crowd.emplace_back([this, t] {
        for (int i = 0; i < 10; ++i) {
          EXPECT_TRUE(blobs::put(store(), as_bytes("shared " + std::to_string(i))));
          EXPECT_TRUE(blobs::put(store(), as_bytes(std::to_string(t) + " own " + std::to_string(i))));
        }
      });
  }
  EXPECT_EQ(listed().size(), 10u + 60u);
  EXPECT_EQ(verify(store(), [](const Blob&, const Error&) {})->damaged, 0u);
}

}  // namespace soundhub::blobs
