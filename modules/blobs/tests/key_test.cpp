// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "soundhub/blobs/store.hpp"

namespace soundhub::blobs {
namespace {

TEST(BlobKey, SixtyFourLowerCaseHexDigitsAreAKey) {
  const std::string hex = sha256_hex(as_bytes("abc"));
  EXPECT_EQ(BlobKey::parse(hex)->hex(), hex);
}

TEST(BlobKey, NothingElseIsAKeySoNoPathCanBeOne) {
  const std::string hex = sha256_hex(as_bytes("abc"));
  std::string upper = hex, slash = hex, nul = hex;
  upper[0] = 'B';
  slash[10] = '/';
  nul[10] = '\0';
  for (const auto& bad :
       {std::string{}, hex.substr(1), hex + "0", upper, slash, nul, std::string{"../../etc/passwd"}}) {
    const auto key = BlobKey::parse(bad);
    ASSERT_FALSE(key) << bad;
    EXPECT_EQ(key.error().key, "blob.bad_key");
    EXPECT_EQ(key.error().code, Errc::invalid);
  }
}

}  // namespace
}  // namespace soundhub::blobs
