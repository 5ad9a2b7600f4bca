// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <thread>

#include "soundhub/blobs/folder.hpp"
#include "soundhub/blobs/upkeep.hpp"
#include "temp_folder.hpp"

namespace soundhub::blobs {
namespace {

/// In the child: puts blobs for ever and says each key, once committed, into the pipe.
[[noreturn]] void put_for_ever(const std::filesystem::path& path, int acknowledged, unsigned seed) {
  std::mt19937 random{seed};
  const auto store = open_folder(path).value();
  for (;;) {
    Bytes bytes(random() % 200'000);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random());
    const auto blob = put(*store, bytes);
    if (!blob || ::write(acknowledged, blob->key.hex().data(), 64) != 64) ::_exit(1);
  }
}

std::string drained(int fd) {
  std::string all;
  char buffer[4096];
  for (ssize_t got; (got = ::read(fd, buffer, sizeof buffer)) > 0;) all.append(buffer, static_cast<std::size_t>(got));
  return all;
}

/// Starts a child, kills it at a random moment after its first commit and returns what it had acknowledged, 64
/// characters each.
std::string killed_at_random(const std::filesystem::path& path, std::mt19937& random) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  const auto seed = static_cast<unsigned>(random());
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    put_for_ever(path, ends[1], seed);
  }
  ::close(ends[1]);
  std::string keys(64, ' ');
  EXPECT_EQ(::read(ends[0], keys.data(), 64), 64) << "the child failed by itself";
  std::this_thread::sleep_for(std::chrono::microseconds{random() % 20'000});
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child failed by itself";
  keys += drained(ends[0]);
  ::close(ends[0]);
  return keys;
}

TEST(FolderUnderKill9, LeavesOnlyWholeBlobsAndEveryAcknowledgedOne) {
  TempFolder folder;
  std::mt19937 random{20261122};
  const auto store = open_folder(folder.path()).value();
  std::size_t acknowledged = 0;
  for (int round = 0; round < 25; ++round) {
    const auto keys = killed_at_random(folder.path(), random);
    ASSERT_EQ(keys.size() % 64, 0u);
    acknowledged += keys.size() / 64;
    for (std::size_t i = 0; i < keys.size(); i += 64)
      ASSERT_TRUE(verify(*store, BlobKey::parse(keys.substr(i, 64)).value())) << "acknowledged and lost";
  }
  const auto all = verify(*store, [](const Blob& blob, const Error&) { ADD_FAILURE() << blob.key.hex(); });
  EXPECT_GE(all->checked, acknowledged);
  EXPECT_LE(folder.files_in("tmp"), 25u) << "at most the one each child was at";
}

}  // namespace
}  // namespace soundhub::blobs
