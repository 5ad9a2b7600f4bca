// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/s3.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

#include "line.hpp"
#include "pattern.hpp"
#include "s3_client.hpp"
#include "s3_upload.hpp"
#include "soundhub/blobs/upkeep.hpp"
#include "swift_server.hpp"
#include "temp_folder.hpp"

namespace soundhub::blobs {
namespace {

using ::testing::HasSubstr;

struct Fetched {
  int status{0};
  std::map<std::string, std::string> headers;
  std::string body;
};

Fetched fetch(const std::string& url, std::vector<std::string> headers = {}) {
  Line line{{}};
  EXPECT_FALSE(line.begin({.method = "GET", .url = url, .headers = std::move(headers), .body = {}}));
  Fetched got{line.status(), line.headers(), {}};
  EXPECT_FALSE(line.drain(got.body, 1 << 26));
  return got;
}

Time put_at(BlobStore& store, const BlobKey& key) {
  Time found{};
  EXPECT_TRUE(store.list([&](const Listed& listed) -> Result<void> {
    if (listed.blob.key == key) found = listed.put_at;
    return {};
  }));
  return found;
}

class S3Test : public ::testing::Test {
 protected:
  S3Options options_{SwiftServer::running().options()};
  std::unique_ptr<BlobStore> store_{open_s3(options_).value()};
};

TEST_F(S3Test, ABlobOfSeveralPartsComesBackAsItWas) {
  const auto bytes = pattern(40'000'000);
  const auto blob = put(*store_, as_bytes(bytes)).value();
  EXPECT_EQ(blob.key.hex(), sha256_hex(as_bytes(bytes)));
  EXPECT_EQ(store_->stat(blob.key)->size_bytes, bytes.size());
  const auto source = store_->open(blob.key).value();
  EXPECT_EQ(read_all(*source, 1 << 26).value(), bytes);
  EXPECT_EQ(store_->abandon(SystemClock{}.now() + std::chrono::hours{1}).value(), 0u) << "no upload is left";
}

TEST_F(S3Test, RangesInAnyOrderHoldTheirBytes) {
  const auto bytes = pattern(3'000'000);
  const auto blob = put(*store_, as_bytes(bytes)).value();
  const auto source = store_->open(blob.key).value();
  const std::pair<std::uint64_t, std::size_t> ranges[]{{0, 10},          {2'999'990, 100},    {1'000'000, 700'000},
                                                       {262'143, 2},     {1'700'000, 60'000}, {1'760'000, 1'240'000},
                                                       {100, 1'500'000}, {2'999'999, 1},      {0, 3'000'000}};
  for (const auto& [offset, size] : ranges) {
    Bytes out(size);
    const auto got = source->read(offset, out).value();
    ASSERT_EQ(as_text(BytesView{out}.first(got)), std::string_view{bytes}.substr(offset, size)) << offset;
  }
}

TEST_F(S3Test, ReadingOnFromTheStartTakesTwoRequestsHoweverLongTheBlob) {
  const auto bytes = pattern(5'000'000);
  const auto blob = put(*store_, as_bytes(bytes)).value();
  int requests = 0;
  options_.on_request = [&](const Operation&) { ++requests; };
  const auto counted = open_s3(options_).value();
  const auto source = counted->open(blob.key).value();
  EXPECT_EQ(read_all(*source, 1 << 26).value(), bytes);
  EXPECT_EQ(requests, 2);
}

TEST_F(S3Test, AWrongSecretIsDeniedAtOnceAndSaysSo) {
  int requests = 0;
  options_.secret_key = "wrong";
  options_.on_request = [&](const Operation&) { ++requests; };
  const auto store = open_s3(options_).value();
  const auto refused = put(*store, as_bytes("riff"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_EQ(refused.error().key, "blob.denied");
  EXPECT_EQ(requests, 1) << "asking again doesn't make it right";
  EXPECT_EQ(store->check().error().key, "blob.denied");
  EXPECT_THAT(store->check().error().detail, HasSubstr("SignatureDoesNotMatch"));
  EXPECT_TRUE(store_->check());
}

TEST_F(S3Test, AMissingBucketIsNotAMissingBlob) {
  options_.bucket = "nowhere";
  const auto store = open_s3(options_).value();
  EXPECT_EQ(store->check().error().key, "blob.no_bucket");
  EXPECT_EQ(store->open(BlobKey{sha256({})}).error().key, "blob.no_bucket");
}

TEST_F(S3Test, AnEndpointWhereNobodyListensIsUnreachableAfterItsTries) {
  int requests = 0;
  options_.endpoint = "http://127.0.0.1:1";
  options_.limits.attempts = 3;
  options_.on_request = [&](const Operation& done) { requests += done.outcome == "failed"; };
  const auto store = open_s3(options_).value();
  const auto failed = store->stat(BlobKey{sha256({})});
  EXPECT_EQ(failed.error().code, Errc::unavailable);
  EXPECT_EQ(failed.error().key, "blob.unreachable");
  EXPECT_EQ(requests, 3);
}

TEST_F(S3Test, OptionsThatCantWorkAreRefusedBeforeAnythingIsSent) {
  const auto refused = [&](auto change) {
    auto options = options_;
    change(options);
    const auto store = open_s3(options);
    return !store && store.error().key == "config.s3";
  };
  EXPECT_TRUE(refused([](S3Options& o) { o.bucket.clear(); }));
  EXPECT_TRUE(refused([](S3Options& o) { o.region.clear(); }));
  EXPECT_TRUE(refused([](S3Options& o) { o.endpoint = "ftp://x"; }));
  EXPECT_TRUE(refused([](S3Options& o) { o.endpoint = "https://x/path"; }));
  EXPECT_TRUE(refused([](S3Options& o) { o.secret_key.clear(); }));
  EXPECT_TRUE(refused([](S3Options& o) { o.encryption = "rot13"; }));
  EXPECT_TRUE(refused([](S3Options& o) { o.prefix = "/x"; }));
}

TEST_F(S3Test, ALinkIsFetchedByAnyoneWithTheTypeAndNameThatWereSigned) {
  const auto blob = put(*store_, as_bytes("0123456789")).value();
  const auto disposition = "attachment; filename=\"_.flac\"; filename*=UTF-8''%EA%B8%B0%ED%83%80%20%2B.flac";
  const auto link = store_->link(blob.key, {std::chrono::seconds{600}, "audio/flac", disposition}).value().value();
  EXPECT_THAT(link, HasSubstr(store_->link_origin()));
  const auto whole = fetch(link);
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, "0123456789");
  EXPECT_EQ(whole.headers.at("content-type"), "audio/flac");
  EXPECT_EQ(whole.headers.at("content-disposition"), disposition);
  const auto part = fetch(link, {"Range: bytes=2-4"});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
}

TEST_F(S3Test, ALinkOfOneBlobOpensNoOther) {
  const auto one = put(*store_, as_bytes("one")).value(), other = put(*store_, as_bytes("other")).value();
  auto link = store_->link(one.key, {std::chrono::seconds{600}, "audio/flac", ""}).value().value();
  auto elsewhere = link, typed = link;
  while (elsewhere.find(one.key.hex()) != std::string::npos)
    elsewhere.replace(elsewhere.find(one.key.hex()), 64, other.key.hex());
  elsewhere.replace(elsewhere.find("objects/") + 8, 2, other.key.hex().substr(0, 2));
  typed.replace(typed.find("audio%2Fflac"), 12, "text%2Fhtml%20");
  EXPECT_EQ(fetch(link).status, 200);
  EXPECT_EQ(fetch(elsewhere).status, 403);
  EXPECT_EQ(fetch(typed).status, 403);
}

TEST_F(S3Test, ALinkThatHasEndedIsRefused) {
  const auto blob = put(*store_, as_bytes("gone")).value();
  const auto host = options_.endpoint.substr(7);
  const auto key = options_.prefix + "/objects/" + blob.key.hex().substr(0, 2) + "/" + blob.key.hex();
  const sigv4::Request request{"GET",
                               "/" + options_.bucket + "/" + sigv4::encode_path(key),
                               {},
                               {{"host", host}},
                               std::string{sigv4::unsigned_payload}};
  const auto link_of = [&](Time signed_at) {
    return options_.endpoint + request.path + "?" +
           sigv4::presigned_query(request, {options_.access_key, options_.secret_key, ""}, {options_.region}, signed_at,
                                  std::chrono::seconds{60});
  };
  const auto now = SystemClock{}.now();
  EXPECT_EQ(fetch(link_of(now)).status, 200);
  EXPECT_EQ(fetch(link_of(now - std::chrono::hours{1})).status, 403);
}

TEST_F(S3Test, OldBytesThatArePutAgainAreYoungAgainAndStayWhatTheyAre) {
  options_.limits.fresh = std::chrono::milliseconds{0};
  const auto store = open_s3(options_).value();
  const auto blob = put(*store, as_bytes("old")).value();
  const auto first = put_at(*store, blob.key);
  // The service keeps whole seconds.
  for (int i = 0; i < 100 && put_at(*store, blob.key) == first; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    ASSERT_TRUE(put(*store, as_bytes("old")));
  }
  const auto again = put_at(*store, blob.key);
  EXPECT_GT(again, first);
  EXPECT_FALSE(store->remove(blob.key, again).value());
  EXPECT_TRUE(verify(*store, blob.key));
}

TEST_F(S3Test, APutThatRacesTheRemovalOfTheSameOldBlobIsNeverLost) {
  options_.limits.fresh = std::chrono::milliseconds{0};
  const auto store = open_s3(options_).value();
  std::vector<Blob> blobs;
  for (int i = 0; i < 12; ++i) blobs.push_back(put(*store, as_bytes("contested " + std::to_string(i))).value());
  Time newest{};
  for (const auto& blob : blobs) newest = std::max(newest, put_at(*store, blob.key));
  const auto older_than = newest + std::chrono::seconds{1};  // all of them are, and none that is put from then on
  while (SystemClock{}.now() < older_than + std::chrono::seconds{1})
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  std::jthread sweeper{[&] {
    for (const auto& blob : blobs) EXPECT_TRUE(store->remove(blob.key, older_than));
  }};
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(put(*store, as_bytes("contested " + std::to_string(i))));
  sweeper.join();
  for (const auto& blob : blobs) EXPECT_TRUE(verify(*store, blob.key)) << "put, then removed as old";
}

TEST_F(S3Test, AnUploadThatNobodyEndedIsAbandonedByTheSweep) {
  const auto client = S3Client::make(options_).value();
  const auto key = client->object_key("objects", sha256_hex(as_bytes("half")));
  const auto begun =
      client->send({.name = "CreateMultipartUpload", .method = "POST", .key = key, .query = {{"uploads", ""}}});
  ASSERT_TRUE(begun && begun->ok());
  const auto all_named = [](const BlobKey&) -> Result<bool> { return true; };
  const auto now = SystemClock{}.now();
  EXPECT_EQ(sweep(*store_, now - std::chrono::hours{1}, all_named)->abandoned, 0u) << "may still be at it";
  EXPECT_EQ(sweep(*store_, now + std::chrono::hours{1}, all_named)->abandoned, 1u);
  EXPECT_EQ(sweep(*store_, now + std::chrono::hours{1}, all_named)->abandoned, 0u);
}

TEST_F(S3Test, NothingIsLeftInTheSpoolFolder) {
  TempFolder folder;
  options_.spool_folder = folder.path();
  const auto store = open_s3(options_).value();
  ASSERT_TRUE(put(*store, as_bytes(pattern(1'000'000))));
  { const auto dropped = store->begin().value(); }
  EXPECT_EQ(folder.files_in("."), 0u);
}

TEST_F(S3Test, ASpoolFolderThatIsntThereIsAnErrorOfTheWriter) {
  options_.spool_folder = "/nowhere";
  const auto store = open_s3(options_).value();
  EXPECT_TRUE(put(*store, as_bytes("few bytes wait in memory")));
  EXPECT_FALSE(put(*store, as_bytes(pattern(1'000'000))));
}

}  // namespace
}  // namespace soundhub::blobs
