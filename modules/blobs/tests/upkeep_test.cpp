// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/upkeep.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "soundhub/blobs/folder.hpp"
#include "temp_folder.hpp"

namespace soundhub::blobs {
namespace {

TEST(Verify, NamesTheBlobsWhoseBytesChanged) {
  TempFolder folder;
  const auto store = open_folder(folder.path()).value();
  const auto sound = put(*store, as_bytes("sound")).value();
  const auto broken = put(*store, as_bytes("broken")).value();
  std::fstream{folder.path() / "objects" / broken.key.hex().substr(0, 2) / broken.key.hex(),
               std::ios::in | std::ios::out}
      << "B";
  std::vector<std::string> damaged;
  const auto done = verify(*store, [&](const Blob& blob, const Error& error) {
    damaged.push_back(blob.key.hex());
    EXPECT_EQ(error.key, "blob.damaged");
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(done->checked, 2u);
  EXPECT_EQ(done->checked_bytes, 11u);
  EXPECT_EQ(done->damaged, 1u);
  EXPECT_EQ(damaged, std::vector{broken.key.hex()});
  EXPECT_TRUE(verify(*store, sound.key));
}

}  // namespace
}  // namespace soundhub::blobs
