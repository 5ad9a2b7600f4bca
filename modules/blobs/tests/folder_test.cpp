// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <barrier>
#include <csignal>
#include <fstream>
#include <thread>

#include "temp_folder.hpp"

namespace soundhub::blobs {
namespace {

class FolderTest : public ::testing::Test {
 protected:
  std::filesystem::path path_of(const BlobKey& key) const {
    return folder_.path() / "objects" / key.hex().substr(0, 2) / key.hex();
  }
  static void age(const std::filesystem::path& path, std::chrono::hours by) {
    std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) - by);
  }
  TempFolder folder_;
  std::unique_ptr<BlobStore> store_{open_folder(folder_.path()).value()};
};

TEST_F(FolderTest, ASourceHasADescriptorThatHoldsJustItsBytes) {
  const auto blob = put(*store_, as_bytes("riff")).value();
  const auto source = store_->open(blob.key).value();
  ASSERT_TRUE(source->descriptor());
  struct stat info {};
  ASSERT_EQ(::fstat(*source->descriptor(), &info), 0);
  EXPECT_EQ(info.st_size, 4);
}

TEST_F(FolderTest, NoTemporaryIsLeftByACommitNorByADrop) {
  ASSERT_TRUE(put(*store_, as_bytes("kept")));
  { const auto dropped = store_->begin().value(); }
  EXPECT_EQ(folder_.files_in("tmp"), 0u);
  EXPECT_EQ(folder_.files_in("objects"), 1u);
}

TEST_F(FolderTest, OnlyStaleTemporariesAreRemovedAtTheStart) {
  std::ofstream{folder_.path() / "tmp/blob-stale1"} << "of a killed process";
  std::ofstream{folder_.path() / "tmp/blob-fresh1"} << "of a running process";
  age(folder_.path() / "tmp/blob-stale1", std::chrono::hours{25});
  store_ = open_folder(folder_.path()).value();
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "tmp/blob-stale1"));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "tmp/blob-fresh1"));
}

TEST_F(FolderTest, ARemovalThatWasInterruptedIsUndoneAtTheStart) {
  const auto blob = put(*store_, as_bytes("kept")).value();
  std::filesystem::rename(path_of(blob.key), folder_.path() / "tmp" / ("trash-" + blob.key.hex()));
  store_ = open_folder(folder_.path()).value();
  EXPECT_TRUE(store_->stat(blob.key));
  EXPECT_EQ(folder_.files_in("tmp"), 0u);
}

TEST_F(FolderTest, PuttingOldBytesAgainMakesThemYoungSoThatNoSweepTakesThem) {
  const auto blob = put(*store_, as_bytes("old")).value();
  age(path_of(blob.key), std::chrono::hours{48});
  ASSERT_TRUE(put(*store_, as_bytes("old")));
  EXPECT_FALSE(store_->remove(blob.key, SystemClock{}.now() - std::chrono::hours{24}).value());
  EXPECT_TRUE(store_->stat(blob.key));
}

TEST_F(FolderTest, APutThatRacesTheRemovalOfTheSameOldBlobIsNeverLost) {
  const auto a_day_ago = SystemClock{}.now() - std::chrono::hours{24};
  const auto blob = put(*store_, as_bytes("contested")).value();
  for (int i = 0; i < 200; ++i) {
    age(path_of(blob.key), std::chrono::hours{48});
    std::barrier start{2};
    std::jthread sweeper{[&] {
      start.arrive_and_wait();
      EXPECT_TRUE(store_->remove(blob.key, a_day_ago));
    }};
    start.arrive_and_wait();
    ASSERT_TRUE(put(*store_, as_bytes("contested")));
    sweeper.join();
    ASSERT_TRUE(store_->stat(blob.key)) << "put at round " << i << ", then removed as old";
  }
}

TEST_F(FolderTest, ABlobThatWasCutShortIsHealedByPuttingItAgain) {
  const auto blob = put(*store_, as_bytes("whole bytes")).value();
  std::filesystem::resize_file(path_of(blob.key), 3);
  ASSERT_TRUE(put(*store_, as_bytes("whole bytes")));
  EXPECT_EQ(store_->stat(blob.key)->size_bytes, 11u);
  EXPECT_EQ(folder_.files_in("tmp"), 0u);
}

TEST_F(FolderTest, NoRoomIsUnavailableAndLeavesNothing) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{.rlim_cur = 100'000, .rlim_max = before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto result = put(*store_, Bytes(1'000'000));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::unavailable);
  EXPECT_EQ(result.error().key, "storage.full");
  EXPECT_EQ(folder_.files_in("."), 0u);
}

TEST_F(FolderTest, AWriterThatFailedOnceCannotCommitTheRest) {
  ::signal(SIGXFSZ, SIG_IGN);
  const auto writer = store_->begin().value();
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{.rlim_cur = 100'000, .rlim_max = before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_FALSE(writer->write(Bytes(1'000'000)));
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_FALSE(writer->commit());
  EXPECT_EQ(folder_.files_in("objects"), 0u);
}

TEST_F(FolderTest, AFileThatIsNotABlobIsNotListed) {
  std::ofstream{folder_.path() / "objects/00/README"} << "hello";
  int seen = 0;
  ASSERT_TRUE(store_->list([&](const Listed&) -> Result<void> {
    ++seen;
    return {};
  }));
  EXPECT_EQ(seen, 0);
}

TEST(Folder, APlaceWhereNothingCanBeMadeIsAnErrorNotACrash) {
  EXPECT_FALSE(open_folder("/proc/nowhere/blobs"));
}

}  // namespace
}  // namespace soundhub::blobs
