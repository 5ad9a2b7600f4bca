// SPDX-License-Identifier: AGPL-3.0-or-later
#include "stem_fetch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

#include "soundhub/base/byte_io.hpp"

namespace soundhub::services {
namespace {

/// A store far away: its sources have no descriptor, and a blob's bytes are its key.
class FarStore final : public blobs::BlobStore {
 public:
  Result<std::unique_ptr<blobs::BlobWriter>> begin() override { return fail(Errc::internal, "internal"); }
  Result<std::unique_ptr<ByteSource>> open(const blobs::BlobKey& key) override {
    ++opened;
    if (key.hex() == missing) return fail(Errc::not_found, "blob.not_found");
    return std::make_unique<MemorySource>(key.hex());
  }
  Result<blobs::Blob> stat(const blobs::BlobKey&) override { return fail(Errc::internal, "internal"); }
  Result<void> list(const std::function<Result<void>(const blobs::Listed&)>&) override { return {}; }
  Result<bool> remove(const blobs::BlobKey&, Time) override { return false; }
  std::atomic<int> opened{0};
  std::string missing;
};

std::string key_of(int channel, int index) {
  return sha256_hex(as_bytes(std::to_string(channel) + "/" + std::to_string(index)));
}

std::vector<std::vector<std::string>> keys_of(int channels, int segments) {
  std::vector<std::vector<std::string>> keys(static_cast<std::size_t>(channels));
  for (int channel = 0; channel < channels; ++channel)
    for (int index = 0; index < segments; ++index)
      keys[static_cast<std::size_t>(channel)].push_back(key_of(channel, index));
  return keys;
}

std::string read(StemFetch& fetch, int channel, int index) {
  const auto source = fetch.segment(static_cast<std::size_t>(channel), index);
  return source ? read_all(**source, 1000).value() : source.error().key;
}

TEST(StemFetch, EverySegmentIsTheOneThatWasAskedFor) {
  FarStore store;
  const auto keys = keys_of(8, 20);
  StemFetch fetch{store, keys};
  for (int index = 0; index < 20; ++index)
    for (int channel = 0; channel < 8; ++channel) ASSERT_EQ(read(fetch, channel, index), key_of(channel, index));
  EXPECT_LE(store.opened, 8 * 20 + 1) << "each is fetched once, but for the first";
}

TEST(StemFetch, AChannelThatBeginsInTheMiddleIsServedToo) {
  FarStore store;
  const auto keys = keys_of(2, 10);
  StemFetch fetch{store, keys};
  EXPECT_EQ(read(fetch, 1, 7), key_of(1, 7));
  EXPECT_EQ(read(fetch, 1, 8), key_of(1, 8));
  EXPECT_EQ(read(fetch, 0, 0), key_of(0, 0));
}

TEST(StemFetch, AnErrorReachesWhoAskedForThatSegment) {
  FarStore store;
  store.missing = key_of(0, 1);
  const auto keys = keys_of(1, 3);
  StemFetch fetch{store, keys};
  EXPECT_EQ(read(fetch, 0, 0), key_of(0, 0));
  EXPECT_EQ(read(fetch, 0, 1), "blob.not_found");
  EXPECT_EQ(read(fetch, 0, 2), key_of(0, 2));
}

TEST(StemFetch, ASegmentThatDoesntExistIsRefused) {
  FarStore store;
  const auto keys = keys_of(1, 1);
  StemFetch fetch{store, keys};
  EXPECT_FALSE(fetch.segment(1, 0));
  EXPECT_FALSE(fetch.segment(0, 1));
  EXPECT_FALSE(fetch.segment(0, -1));
}

TEST(StemFetch, LeavingInTheMiddleEndsItsThreads) {
  FarStore store;
  const auto keys = keys_of(32, 5);
  {
    StemFetch fetch{store, keys};
    EXPECT_EQ(read(fetch, 0, 0), key_of(0, 0));
  }
  const int opened = store.opened;
  EXPECT_LE(opened, 32 + 2);
}

}  // namespace
}  // namespace soundhub::services
