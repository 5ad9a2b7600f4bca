// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "fault_proxy.hpp"
#include "pattern.hpp"
#include "soundhub/blobs/s3.hpp"
#include "soundhub/blobs/upkeep.hpp"
#include "swift_server.hpp"

namespace soundhub::blobs {
namespace {

using Kind = Fault::Kind;

/// A store whose requests pass a proxy that harms them, and one that looks at the same bucket directly.
class S3Faults : public ::testing::Test {
 protected:
  S3Options through_proxy() {
    auto options = options_;
    options.endpoint = proxy_.url();
    options.limits.attempts = 4;
    options.limits.stall = std::chrono::seconds{1};
    return options;
  }
  std::string read(const BlobKey& key) {
    const auto source = store_->open(key);
    if (!source) return source.error().key;
    auto all = read_all(**source, 1 << 26);
    return all ? *all : all.error().key;
  }
  bool is_visible(std::string_view bytes) { return direct_->stat(BlobKey{sha256(as_bytes(bytes))}).has_value(); }

  S3Options options_{SwiftServer::running().options()};
  FaultProxy proxy_{std::stoi(options_.endpoint.substr(options_.endpoint.rfind(':') + 1))};
  std::unique_ptr<BlobStore> store_{open_s3(through_proxy()).value()};
  std::unique_ptr<BlobStore> direct_{open_s3(options_).value()};
};

const Fault passing[] = {{Kind::status, 500, "InternalError"},
                         {Kind::status, 502, ""},
                         {Kind::status, 503, "SlowDown"},
                         {Kind::status, 504, ""},
                         {Kind::status, 429, "TooManyRequests"},
                         {Kind::status, 400, "RequestTimeout"},
                         {Kind::reset}};

TEST_F(S3Faults, WhatPassesIsTriedAgainUntilItIsGood) {
  int number = 0;
  for (const auto& fault : passing) {
    const auto text = "riff " + std::to_string(++number);
    proxy_.next("PUT", fault, 2);
    if (fault.status != 400) proxy_.next("HEAD", fault, 2);  // whose replies don't say why
    const auto blob = put(*store_, as_bytes(text));
    ASSERT_TRUE(blob) << fault.code << blob.error().detail;
    proxy_.next("GET", fault, 2);
    EXPECT_EQ(read(blob->key), text);
    proxy_.next("GET", fault);
    int listed = 0;
    EXPECT_TRUE(store_->list([&](const Listed&) -> Result<void> {
      ++listed;
      return {};
    }));
    EXPECT_EQ(listed, number);
    EXPECT_EQ(proxy_.left(), 0);
  }
}

TEST_F(S3Faults, AReplyThatGotLostIsAskedForAgain) {
  proxy_.next("PUT", {Kind::lost_reply});
  const auto blob = put(*store_, as_bytes("stored, but who knew")).value();
  EXPECT_EQ(read(blob.key), "stored, but who knew");
}

TEST_F(S3Faults, AServiceThatFallsSilentIsGivenUpAndAskedAgain) {
  const auto blob = put(*store_, as_bytes("patience")).value();
  proxy_.next("GET", {Kind::silent});
  EXPECT_EQ(read(blob.key), "patience");
}

TEST_F(S3Faults, ATroubleThatStaysEndsAfterItsTriesAndNothingIsSeen) {
  for (const Kind kind : {Kind::status, Kind::reset}) {
    const auto before = proxy_.requests("PUT");
    proxy_.next("PUT", {kind, 503, "SlowDown"}, 4);
    const auto refused = put(*store_, as_bytes("never there"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_EQ(refused.error().key, "blob.unreachable");
    EXPECT_EQ(proxy_.requests("PUT") - before, 4);
    EXPECT_FALSE(is_visible("never there"));
  }
}

TEST_F(S3Faults, ARefusalIsNotTriedAgain) {
  for (const int status : {400, 403, 405}) {
    const auto before = proxy_.requests("PUT");
    proxy_.next("PUT", {Kind::status, status, "Refused"});
    EXPECT_FALSE(put(*store_, as_bytes("refused " + std::to_string(status))));
    EXPECT_EQ(proxy_.requests("PUT") - before, 1);
  }
}

TEST_F(S3Faults, AFullServiceIsAFullStore) {
  proxy_.next("PUT", {Kind::status, 507, "InsufficientStorage"});
  EXPECT_EQ(put(*store_, as_bytes("no room")).error().key, "storage.full");
}

TEST_F(S3Faults, ABodyThatBreaksOffIsReadToItsEndAllTheSame) {
  const auto bytes = pattern(1'500'000);
  const auto blob = put(*direct_, as_bytes(bytes)).value();
  for (const Kind kind : {Kind::cut, Kind::torn}) {
    proxy_.next("GET", {kind, 0, "", 1000});  // the first window
    const auto source = store_->open(blob.key).value();
    proxy_.next("GET", {kind, 0, "", 300'000});  // the stream
    proxy_.next("GET", {kind, 0, "", 0});        // and where it goes on
    proxy_.next("GET", {kind, 0, "", 70'000});
    EXPECT_EQ(read_all(*source, 1 << 26).value(), bytes);
    Bytes out(1000);
    proxy_.next("GET", {kind, 0, "", 500});  // a window somewhere
    ASSERT_EQ(source->read(700'000, out).value(), out.size());
    EXPECT_EQ(as_text(out), std::string_view{bytes}.substr(700'000, 1000));
    EXPECT_EQ(proxy_.left(), 0);
  }
}

TEST_F(S3Faults, AWrongByteIsNeverReadAsGood) {
  const auto small = put(*direct_, as_bytes(pattern(1000))).value();
  proxy_.next("GET", {Kind::wrong_byte, 0, "", 500});
  EXPECT_EQ(read(small.key), "blob.damaged");
  EXPECT_EQ(read(small.key), pattern(1000)) << "what is there is sound";

  const auto large = put(*direct_, as_bytes(pattern(1'500'000))).value();
  const auto source = store_->open(large.key).value();
  proxy_.next("GET", {Kind::wrong_byte, 0, "", 500'000});
  const auto all = read_all(*source, 1 << 26);
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().key, "blob.damaged");
  Bytes out(10);
  EXPECT_FALSE(source->read(500'000, out)) << "and the same source is not believed again";
}

TEST_F(S3Faults, AByteThatChangedOnItsWayInIsNoticedByTheServiceAndSentAgain) {
  const auto bytes = pattern(100'000);
  proxy_.next("PUT", {Kind::wrong_sent, 0, "", 50'000});
  const auto blob = put(*store_, as_bytes(bytes));
  ASSERT_TRUE(blob) << blob.error().detail;
  EXPECT_TRUE(verify(*direct_, blob->key));
  EXPECT_EQ(proxy_.requests("PUT"), 2);
}

TEST_F(S3Faults, PartsAreTriedAgainEachForItself) {
  const auto bytes = pattern(36'000'000);
  proxy_.next("POST uploads", {Kind::status, 503, "SlowDown"});
  proxy_.next("PUT partNumber=2", {Kind::status, 500, "InternalError"}, 2);
  proxy_.next("PUT partNumber=3", {Kind::torn, 0, "", 0});
  proxy_.next("POST uploadId", {Kind::status, 503, "SlowDown"});
  const auto blob = put(*store_, as_bytes(bytes));
  ASSERT_TRUE(blob) << blob.error().detail;
  EXPECT_EQ(proxy_.left(), 0);
  EXPECT_TRUE(verify(*direct_, blob->key));
}

TEST_F(S3Faults, AnEndOfPartsThatGotLostIsFoundToBeDone) {
  proxy_.next("POST uploadId", {Kind::lost_reply});
  const auto blob = put(*store_, as_bytes(pattern(17'000'000, 2)));
  ASSERT_TRUE(blob) << blob.error().detail;
  EXPECT_TRUE(verify(*direct_, blob->key));
}

TEST_F(S3Faults, APartThatCantBeStoredEndsItAllAndLeavesNoUpload) {
  const auto bytes = pattern(36'000'000, 3);
  proxy_.next("PUT partNumber=2", {Kind::status, 503, "SlowDown"}, 4);
  const auto refused = put(*store_, as_bytes(bytes));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().key, "blob.unreachable");
  EXPECT_FALSE(is_visible(bytes));
  EXPECT_EQ(direct_->abandon(SystemClock{}.now() + std::chrono::hours{1}).value(), 0u);
}

TEST_F(S3Faults, ARemovalWhoseReplyGotLostIsARemoval) {
  const auto blob = put(*direct_, as_bytes("old")).value();
  proxy_.next("DELETE", {Kind::lost_reply});
  EXPECT_TRUE(store_->remove(blob.key, SystemClock{}.now() + std::chrono::hours{1}).value());
  EXPECT_FALSE(is_visible("old"));
}

TEST_F(S3Faults, AListThatIsntOneIsAnErrorNotAnEmptyList) {
  const auto blob = put(*direct_, as_bytes("listed")).value();
  proxy_.next("GET", {Kind::wrong_byte, 0, "", 45}, 4);  // within the root's name or its declaration
  int seen = 0;
  const auto listed = store_->list([&](const Listed&) -> Result<void> {
    ++seen;
    return {};
  });
  EXPECT_TRUE(!listed || seen == 1);
}

}  // namespace
}  // namespace soundhub::blobs
