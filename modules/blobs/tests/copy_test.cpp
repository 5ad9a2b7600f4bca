// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/copy.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "pattern.hpp"
#include "soundhub/blobs/folder.hpp"
#include "soundhub/blobs/s3.hpp"
#include "soundhub/blobs/upkeep.hpp"
#include "swift_server.hpp"
#include "temp_folder.hpp"

namespace soundhub::blobs {
namespace {

class CopyTest : public ::testing::Test {
 protected:
  void fill(int count) {
    for (int i = 0; i < count; ++i)
      keys_.push_back(put(*from_, as_bytes(pattern(static_cast<std::size_t>(i) * 1000, 7))).value().key);
  }
  std::filesystem::path path_of(const TempFolder& folder, const BlobKey& key) const {
    return folder.path() / "objects" / key.hex().substr(0, 2) / key.hex();
  }
  TempFolder from_folder_, to_folder_;
  std::unique_ptr<BlobStore> from_{open_folder(from_folder_.path()).value()};
  std::unique_ptr<BlobStore> to_{open_folder(to_folder_.path()).value()};
  std::vector<BlobKey> keys_;
};

TEST_F(CopyTest, EveryBlobArrivesInS3AndComesBack) {
  fill(20);
  ASSERT_TRUE(put(*from_, as_bytes(pattern(20'000'000))));
  const auto bucket = open_s3(SwiftServer::running().options()).value();
  const auto there = copy(*from_, *bucket, {});
  ASSERT_TRUE(there) << there.error().detail;
  EXPECT_EQ(there->copied, 21u);
  const auto back = copy(*bucket, *to_, {}).value();
  EXPECT_EQ(back.copied, 21u);
  EXPECT_EQ(back.copied_bytes, there->copied_bytes);
  EXPECT_EQ(verify(*to_, [](const Blob&, const Error&) {})->checked, 21u);
}

TEST_F(CopyTest, ASecondRunGoesOnWhereTheFirstStopped) {
  fill(30);
  std::stop_source enough;
  std::uint64_t told = 0;
  CopyOptions options{.parallel = 1};
  options.stop = enough.get_token();
  options.progress = [&](const Copied& so_far) {
    told = so_far.copied;
    if (told == 5) enough.request_stop();
  };
  static_cast<void>(copy(*from_, *to_, options));
  ASSERT_GE(told, 5u);
  const auto rest = copy(*from_, *to_, {}).value();
  EXPECT_EQ(rest.skipped, told);
  EXPECT_EQ(rest.copied, 30 - told);
}

TEST_F(CopyTest, ADamagedBlobIsToldOfAndLeftOut) {
  fill(3);
  std::fstream{path_of(from_folder_, keys_[2]), std::ios::in | std::ios::out} << "!";
  std::vector<std::string> damaged;
  CopyOptions options;
  options.damaged = [&](const Blob& blob, const Error&) { damaged.push_back(blob.key.hex()); };
  const auto done = copy(*from_, *to_, options).value();
  EXPECT_EQ(done.copied, 2u);
  EXPECT_EQ(done.damaged, 1u);
  EXPECT_EQ(damaged, std::vector{keys_[2].hex()});
  EXPECT_EQ(to_folder_.files_in("objects"), 2u) << "not under another name either";
}

TEST_F(CopyTest, DamageAtTheOtherEndIsHealedByRehashing) {
  fill(2);
  ASSERT_TRUE(copy(*from_, *to_, {}));
  std::filesystem::resize_file(path_of(to_folder_, keys_[1]), 10);
  EXPECT_EQ(copy(*from_, *to_, {})->copied, 1u) << "another size is seen without rehashing";
  EXPECT_TRUE(verify(*to_, keys_[1]));
}

TEST_F(CopyTest, AnErrorOfTheTargetStopsIt) {
  fill(10);
  auto options = SwiftServer::running().options();
  options.secret_key = "wrong";
  const auto bucket = open_s3(options).value();
  EXPECT_EQ(copy(*from_, *bucket, {}).error().key, "blob.denied");
}

}  // namespace
}  // namespace soundhub::blobs
