// SPDX-License-Identifier: AGPL-3.0-or-later
// What goes over the wire for options that Swift doesn't know, seen by a server that answers yes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "soundhub/blobs/s3.hpp"
#include "test_server.hpp"

namespace soundhub::blobs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class S3Request : public ::testing::Test {
 protected:
  S3Options options() const {
    S3Options options;
    options.endpoint = server_.url();
    options.bucket = "music";
    options.access_key = "id";
    options.secret_key = "secret";
    options.limits.attempts = 3;
    options.limits.first_pause = options.limits.longest_pause = std::chrono::milliseconds{1};
    return options;
  }
  void serve(int fd, const RawRequest& request) {
    const std::lock_guard lock{mutex_};
    seen_.push_back(request);
    if (!replies_.empty()) {
      send_all(fd, replies_.front());
      replies_.erase(replies_.begin());
    } else {
      send_all(fd, request.method == "HEAD" ? "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n" : reply_of(200, ""));
    }
  }
  std::string head_of(std::size_t number) {
    const std::lock_guard lock{mutex_};
    return seen_.at(number).head;
  }

  std::mutex mutex_;
  std::vector<RawRequest> seen_;
  std::vector<std::string> replies_;
  TestServer server_{[this](int fd, const RawRequest& request) { serve(fd, request); }};
};

TEST_F(S3Request, APutIsSignedWithTheHashOfItsBytesUnderThePathOfItsName) {
  const auto blob = put(*open_s3(options()).value(), as_bytes("abc")).value();
  const auto& hex = blob.key.hex();
  EXPECT_EQ(seen_.at(1).target, "/music/objects/" + hex.substr(0, 2) + "/" + hex);
  EXPECT_EQ(seen_.at(1).body, "abc");
  EXPECT_THAT(head_of(1), HasSubstr("x-amz-content-sha256: " + hex));
  EXPECT_THAT(head_of(1), HasSubstr("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,"));
}

TEST_F(S3Request, HostStyleNamesTheBucketInTheHost) {
  auto changed = options();
  changed.endpoint = "http://localhost:" + std::to_string(server_.port());
  changed.path_style = false;
  const auto store = open_s3(changed).value();
  const auto blob = put(*store, as_bytes("abc")).value();
  EXPECT_THAT(seen_.at(1).target, HasSubstr("/objects/ba/ba78"));
  EXPECT_THAT(seen_.at(1).target, Not(HasSubstr("music")));
  const auto host = "music.localhost:" + std::to_string(server_.port());
  EXPECT_THAT(head_of(1), HasSubstr("Host: " + host + "\r\n"));
  EXPECT_EQ(store->link_origin(), "http://" + host);
  EXPECT_THAT(store->link(blob.key, {}).value().value(), HasSubstr("http://" + host + "/objects/ba/ba78"));
}

TEST_F(S3Request, LinksNameTheEndpointThatBrowsersReach) {
  auto changed = options();
  changed.public_endpoint = "https://media.example.org";
  const auto store = open_s3(changed).value();
  EXPECT_EQ(store->link_origin(), "https://media.example.org");
  EXPECT_THAT(store->link(BlobKey{sha256({})}, {}).value().value(),
              HasSubstr("https://media.example.org/music/objects/e3/e3b0"));
}

TEST_F(S3Request, EncryptionAtRestIsAskedForWhenAnythingIsWritten) {
  auto changed = options();
  changed.encryption = "aws:kms";
  changed.kms_key_id = "key/1";
  const auto store = open_s3(changed).value();
  ASSERT_TRUE(put(*store, as_bytes("abc")));
  EXPECT_THAT(head_of(0), Not(HasSubstr("server-side-encryption")));
  EXPECT_THAT(head_of(1), HasSubstr("x-amz-server-side-encryption: aws:kms\r\n"));
  EXPECT_THAT(head_of(1), HasSubstr("x-amz-server-side-encryption-aws-kms-key-id: key/1\r\n"));
  EXPECT_THAT(head_of(1), HasSubstr("x-amz-server-side-encryption;x-amz-server-side-encryption-aws-kms-key-id,"));
}

TEST_F(S3Request, KeysThatHaveEndedAreRenewedAndTheRequestIsSentAgain) {
  int number = 0;
  TestServer role{[&](int fd, const RawRequest&) {
    const auto id = "role" + std::to_string(++number);
    send_all(fd, reply_of(200, R"({"AccessKeyId":")" + id + R"(","SecretAccessKey":"s","Token":"token-of-)" + id +
                                   R"(","Expiration":"2099-01-01T00:00:00Z"})"));
  }};
  auto changed = options();
  changed.access_key.clear();
  changed.secret_key.clear();
  changed.environment = [&](const char* name) -> std::optional<std::string> {
    if (std::string_view{name} == "HOME") return "/nowhere";
    if (std::string_view{name} == "AWS_CONTAINER_CREDENTIALS_FULL_URI") return role.url();
    return std::nullopt;
  };
  replies_ = {reply_of(400, "<Error><Code>ExpiredToken</Code></Error>"),
              reply_of(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")};
  EXPECT_TRUE(open_s3(changed).value()->check());
  EXPECT_THAT(head_of(0), HasSubstr("x-amz-security-token: token-of-role1\r\n"));
  EXPECT_THAT(head_of(1), HasSubstr("x-amz-security-token: token-of-role2\r\n"));
}

TEST_F(S3Request, AListGoesOnFromPageToPage) {
  const auto page = [](const std::string& text, const std::string& next) {
    const auto hex = sha256_hex(as_bytes(text));
    return reply_of(200, "<ListBucketResult><IsTruncated>" + std::string{next.empty() ? "false" : "true"} +
                             "</IsTruncated><NextContinuationToken>" + next +
                             "</NextContinuationToken><Contents><Key>objects/" + hex.substr(0, 2) + "/" + hex +
                             "</Key><Size>1</Size><LastModified>2026-11-22T20:14:03Z</LastModified></Contents>"
                             "<Contents><Key>objects/README</Key><Size>1</Size>"
                             "<LastModified>2026-11-22T20:14:03Z</LastModified></Contents></ListBucketResult>");
  };
  replies_ = {page("a", "to/ken+1="), page("b", "")};
  std::vector<std::string> keys;
  ASSERT_TRUE(open_s3(options()).value()->list([&](const Listed& listed) -> Result<void> {
    keys.push_back(listed.blob.key.hex());
    return {};
  }));
  EXPECT_EQ(keys, (std::vector{sha256_hex(as_bytes("a")), sha256_hex(as_bytes("b"))}));
  EXPECT_EQ(seen_.at(0).target, "/music/?list-type=2&max-keys=1000&prefix=objects%2F");
  EXPECT_EQ(seen_.at(1).target,
            "/music/?continuation-token=to%2Fken%2B1%3D&list-type=2&max-keys=1000&prefix=objects%2F");
}

TEST_F(S3Request, ACopyThatFailsBehindA200IsTriedAgain) {
  auto changed = options();
  changed.limits.fresh = std::chrono::milliseconds{0};
  const auto there =
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nLast-Modified: Sun, 22 Nov 2026 20:14:03 GMT\r\n"
      "Date: Sun, 22 Nov 2026 21:14:03 GMT\r\nConnection: close\r\n\r\n";
  replies_ = {there, reply_of(200, "<Error><Code>InternalError</Code></Error>"),
              reply_of(200, "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>"),
              "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n", there};
  EXPECT_TRUE(put(*open_s3(changed).value(), as_bytes("abc")));
  ASSERT_EQ(seen_.size(), 5u) << "look, copy, copy again, no mark of a removal, still there";
  EXPECT_THAT(head_of(2), HasSubstr("x-amz-copy-source: /music/objects/ba/ba78"));
  EXPECT_THAT(seen_.at(3).target, HasSubstr("/music/removing/ba/ba78"));
}

TEST_F(S3Request, WhoeverPutsWaitsForARemovalInProgressAndPutsAgain) {
  auto changed = options();
  changed.limits.fresh = std::chrono::milliseconds{0};
  const auto held = [](const std::string& date) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nLast-Modified: Sun, 22 Nov 2026 20:14:03 GMT\r\nDate: Sun, 22 Nov "
           "2026 " +
           date + " GMT\r\nConnection: close\r\n\r\n";
  };
  const auto gone = "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n";
  replies_ = {held("21:14:03"),
              reply_of(200, "<CopyObjectResult/>"),
              held("20:14:04"),  // a mark, a second old
              gone,              // the mark is gone,
              gone,              // and so is the blob
              gone,
              reply_of(200, "")};
  EXPECT_TRUE(put(*open_s3(changed).value(), as_bytes("abc")));
  ASSERT_EQ(seen_.size(), 7u);
  EXPECT_EQ(seen_.back().method, "PUT");
  EXPECT_EQ(seen_.back().body, "abc");
}

}  // namespace
}  // namespace soundhub::blobs
