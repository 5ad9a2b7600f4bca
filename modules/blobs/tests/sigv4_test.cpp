// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sigv4.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "soundhub/base/sha256.hpp"

// The expected signatures are AWS's own: its Signature Version 4 test suite, and the examples of
// docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and sigv4-query-string-auth.html.
namespace soundhub::blobs::sigv4 {
namespace {

const std::string of_nothing = sha256_hex({});

struct Suite : ::testing::Test {
  // 2015-08-30T12:36:00Z
  const Time now = from_millis(1'440'938'160'000);
  const Keys keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
  const Scope scope{"us-east-1", "service"};
  std::string signature(const std::string& method, const std::string& path, const Pairs& query = {}) const {
    const Request request{
        method, path, query, {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", timestamp(now)}}, of_nothing};
    const auto value = authorization(request, keys, scope, now);
    return value.substr(value.find("Signature=") + 10);
  }
};
using Sigv4Suite = Suite;

TEST_F(Sigv4Suite, GetVanilla) {
  EXPECT_EQ(signature("GET", "/"), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_F(Sigv4Suite, PostVanilla) {
  EXPECT_EQ(signature("POST", "/"), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
}

TEST_F(Sigv4Suite, GetVanillaQueryOrderKeyCase) {
  EXPECT_EQ(signature("GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST_F(Sigv4Suite, GetUtf8) {
  EXPECT_EQ(signature("GET", encode_path("/ሴ")), "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85");
}

TEST_F(Sigv4Suite, GetVanillaUtf8Query) {
  EXPECT_EQ(signature("GET", "/", {{"ሴ", "bar"}}), "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04");
}

struct S3Examples : ::testing::Test {
  const Time now = from_millis(1'369'353'600'000);  // 2013-05-24T00:00:00Z
  const Keys keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
  const Scope scope{"us-east-1", "s3"};
  static constexpr auto host = "examplebucket.s3.amazonaws.com";
};

TEST_F(S3Examples, GetObjectWithRange) {
  const Request request{
      "GET",
      "/test.txt",
      {},
      {{"Host", host}, {"Range", "bytes=0-9"}, {"x-amz-content-sha256", of_nothing}, {"x-amz-date", timestamp(now)}},
      of_nothing};
  EXPECT_EQ(authorization(request, keys, scope, now),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_F(S3Examples, PutObject) {
  const auto hash = sha256_hex(as_bytes("Welcome to Amazon S3."));
  const Request request{"PUT",
                        encode_path("/test$file.text"),
                        {},
                        {{"Host", host},
                         {"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                         {"x-amz-date", timestamp(now)},
                         {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                         {"x-amz-content-sha256", hash}},
                        hash};
  EXPECT_TRUE(authorization(request, keys, scope, now)
                  .ends_with("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST_F(S3Examples, ListObjects) {
  const Request request{"GET",
                        "/",
                        {{"prefix", "J"}, {"max-keys", "2"}},
                        {{"Host", host}, {"x-amz-content-sha256", of_nothing}, {"x-amz-date", timestamp(now)}},
                        of_nothing};
  EXPECT_TRUE(authorization(request, keys, scope, now)
                  .ends_with("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST_F(S3Examples, PresignedLink) {
  const Request request{"GET", "/test.txt", {}, {{"host", host}}, std::string{unsigned_payload}};
  EXPECT_EQ(presigned_query(request, keys, scope, now, std::chrono::hours{24}),
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F"
            "aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(Sigv4, SpacePlusSlashAndUtf8AreEncodedByteByByte) {
  EXPECT_EQ(encode("기타 a+b/c~"), "%EA%B8%B0%ED%83%80%20a%2Bb%2Fc~");
  EXPECT_EQ(encode_path("/기 a+b/c=d"), "/%EA%B8%B0%20a%2Bb/c%3Dd");
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    out += static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
    i += 2;
  }
  return out;
}

TEST(Sigv4, AnyBytesComeBackFromTheirEncodingWhichHoldsNothingThatNeedsAny) {
  std::mt19937 random{20261122};
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 40, '\0');
    for (auto& c : text) c = static_cast<char>(random());
    const auto encoded = encode(text);
    ASSERT_EQ(decoded(encoded), text);
    ASSERT_EQ(encoded.find_first_of("+/ &=?#\"<>"), std::string::npos);
    ASSERT_EQ(decoded(encode_path(text)), text);
  }
}

TEST(Sigv4, TheQueryIsTheSameWhateverOrderItsPairsComeIn) {
  std::mt19937 random{7};
  Pairs query{{"prefix", "a/b c"}, {"list-type", "2"}, {"Prefix", "+"}, {"a", ""},
              {"a", "2"},          {"a-", "1"},        {"기", "타"}};
  const auto expected = query_of(query);
  for (int round = 0; round < 100; ++round) {
    std::ranges::shuffle(query, random);
    ASSERT_EQ(query_of(query), expected);
  }
  EXPECT_EQ(expected, "%EA%B8%B0=%ED%83%80&Prefix=%2B&a=&a=2&a-=1&list-type=2&prefix=a%2Fb%20c");
}

TEST(Sigv4, TheNameAndSpacingOfAHeaderDontChangeTheSignature) {
  const Keys keys{"id", "secret", ""};
  const Request plain{"GET", "/", {}, {{"host", "h"}, {"x-amz-a", "b c"}}, of_nothing};
  const Request spaced{"GET", "/", {}, {{"X-AMZ-A", "  b   c "}, {"Host", "h"}}, of_nothing};
  EXPECT_EQ(authorization(plain, keys, {"r"}, Time{}), authorization(spaced, keys, {"r"}, Time{}));
}

TEST(Sigv4, ATemporaryKeysTokenIsPartOfTheLink) {
  const Request request{"GET", "/k", {}, {{"host", "h"}}, std::string{unsigned_payload}};
  EXPECT_NE(presigned_query(request, {"id", "secret", "to/ken"}, {"r"}, Time{}, std::chrono::seconds{60})
                .find("X-Amz-Security-Token=to%2Fken"),
            std::string::npos);
}

}  // namespace
}  // namespace soundhub::blobs::sigv4
