// SPDX-License-Identifier: AGPL-3.0-or-later
#include "s3_reply.hpp"

#include <gtest/gtest.h>

namespace soundhub::blobs {
namespace {

TEST(S3Reply, APageHasItsObjectsAndWhereTheNextBegins) {
  const auto page =
      parse_page(R"(<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken>
      <Contents><Key>p&lt;/x</Key><Size>5000000000</Size><LastModified>2026-11-22T20:14:03.120Z</LastModified></Contents>
      </ListBucketResult>)");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->next, "a&b");
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].key, "p</x");
  EXPECT_EQ(page->objects[0].size_bytes, 5'000'000'000u);
  EXPECT_EQ(to_rfc3339(page->objects[0].modified), "2026-11-22T20:14:03.120Z");
}

TEST(S3Reply, WhatIsntAPageIsAnErrorNotAnEmptyOne) {
  for (const char* bad :
       {"", "<", "<html/>", "<ListBucketResult>", "<ListBucketResult><Contents/></ListBucketResult>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>k</Key><Size>-1</Size><LastModified>2026-11-22T20:14:03Z</LastModified>"
        "</Contents></ListBucketResult>"})
    EXPECT_FALSE(parse_page(bad)) << bad;
}

TEST(S3Reply, AnErrorsCodeIsReadAndNothingElseIsOne) {
  EXPECT_EQ(parse_failure("<Error><Code>SlowDown</Code><Message>m</Message></Error>").code, "SlowDown");
  EXPECT_EQ(parse_failure("<html><Code>SlowDown</Code></html>").code, "");
  EXPECT_EQ(parse_failure("").code, "");
}

TEST(S3Reply, TimesAndRangesAreReadOrRefused) {
  EXPECT_EQ(parse_http_time("Sun, 22 Nov 2026 20:14:03 GMT"), parse_iso_time("2026-11-22T20:14:03Z"));
  EXPECT_FALSE(parse_iso_time("2026-11-22"));
  EXPECT_FALSE(parse_http_time("yesterday"));
  EXPECT_EQ(parse_content_range("bytes 2-4/10")->total, 10u);
  for (const char* bad : {"bytes */10", "bytes 4-2/10", "bytes 0-10/10", "2-4/10", "bytes a-b/c", "bytes 1/2-3"})
    EXPECT_FALSE(parse_content_range(bad)) << bad;
}

}  // namespace
}  // namespace soundhub::blobs
