// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/uploads.hpp"

#include "fixture.hpp"

namespace soundhub::storage::uploads {
namespace {

using ::testing::IsEmpty;

class Uploads : public RepositoryTest {
 protected:
  void begin(const std::string& id, std::int64_t size_bytes = 100, Time expires_at = later(1000)) {
    write([&](WriteTx& tx) {
      return insert(tx, {.id = id,
                         .owner = anna_,
                         .file_name = "riff.wav",
                         .size_bytes = size_bytes,
                         .created_at = noon,
                         .expires_at = expires_at});
    });
  }
  std::string append(const std::string& id, std::int64_t start, std::int64_t size) {
    return refusal([&](WriteTx& tx) { return append_chunk(tx, id, {start, size, key('a')}); });
  }
  Upload got(const std::string& id) {
    return read([&](ReadTx& tx) { return get(tx, id); }).value();
  }
  UserId anna_{user("anna")};
};

TEST_F(Uploads, AreReadBackAsTheyWereWritten) {
  begin("token");
  const auto upload = got("token");
  EXPECT_EQ(upload.owner, anna_);
  EXPECT_EQ(upload.file_name, "riff.wav");
  EXPECT_EQ(upload.size_bytes, 100);
  EXPECT_EQ(upload.offset_bytes, 0);
  EXPECT_FALSE(upload.complete());
  EXPECT_EQ(upload.created_at, noon);
  EXPECT_EQ(upload.expires_at, later(1000));
  EXPECT_FALSE(read([](ReadTx& tx) { return get(tx, "other"); }));
}

TEST_F(Uploads, GrowByChunksThatStartWhereTheLastOneEnded) {
  begin("token");
  EXPECT_EQ(append("token", 0, 40), "");
  EXPECT_EQ(append("token", 40, 10), "");
  EXPECT_EQ(got("token").offset_bytes, 50);
  const auto found = read([](ReadTx& tx) { return chunks(tx, "token"); });
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].start_bytes, 0);
  EXPECT_EQ(found[1].start_bytes, 40);
  EXPECT_EQ(found[1].size_bytes, 10);
  EXPECT_EQ(found[1].blob_key, key('a'));
}

TEST_F(Uploads, AChunkAnywhereElseIsRefusedAndChangesNothing) {
  begin("token");
  EXPECT_EQ(append("token", 0, 40), "");
  EXPECT_EQ(append("token", 0, 40), "upload.offset_wrong") << "sent twice";
  EXPECT_EQ(append("token", 50, 10), "upload.offset_wrong") << "a gap";
  EXPECT_EQ(append("token", 40, 61), "upload.offset_wrong") << "past the end";
  EXPECT_EQ(append("nobody", 0, 1), "upload.offset_wrong");
  EXPECT_EQ(got("token").offset_bytes, 40);
  EXPECT_EQ(read([](ReadTx& tx) { return chunks(tx, "token"); }).size(), 1u);
}

TEST_F(Uploads, ACompleteOneHasTheWholeAndNoChunks) {
  begin("token");
  append("token", 0, 100);
  write([](WriteTx& tx) { return complete(tx, "token", key('f')); });
  EXPECT_TRUE(got("token").complete());
  EXPECT_EQ(got("token").blob_key, key('f'));
  EXPECT_EQ(got("token").offset_bytes, 100);
  EXPECT_THAT(read([](ReadTx& tx) { return chunks(tx, "token"); }), IsEmpty());
  EXPECT_EQ(append("token", 100, 0), "upload.offset_wrong") << "nothing comes after the whole";
  EXPECT_EQ(refusal([](WriteTx& tx) { return complete(tx, "nobody", key('f')); }), "upload.not_found");
}

TEST_F(Uploads, OfAUserAreCountedInNumberAndBytes) {
  EXPECT_EQ(read([&](ReadTx& tx) { return held(tx, anna_); }).bytes, 0);
  begin("a", 100);
  begin("b", 5'000'000'000);
  const auto all = read([&](ReadTx& tx) { return held(tx, anna_); });
  EXPECT_EQ(all.count, 2);
  EXPECT_EQ(all.bytes, 5'000'000'100);
}

TEST_F(Uploads, ExpiredOnesGoWithTheirChunksSomeAtATime) {
  begin("old", 100, later(10));
  begin("older", 100, later(5));
  begin("fresh", 100, later(1000));
  append("old", 0, 10);
  const auto sweep = [&] { return *write([](WriteTx& tx) { return remove_expired(tx, later(10), 1); }); };
  EXPECT_EQ(sweep(), 1);
  EXPECT_FALSE(read([](ReadTx& tx) { return get(tx, "older"); }));
  EXPECT_EQ(sweep(), 1);
  EXPECT_FALSE(read([](ReadTx& tx) { return get(tx, "old"); }));
  EXPECT_EQ(sweep(), 0);
  EXPECT_EQ(got("fresh").id, "fresh");
}

TEST_F(Uploads, CanBeTakenBack) {
  begin("token");
  append("token", 0, 10);
  write([](WriteTx& tx) { return remove(tx, "token"); });
  EXPECT_FALSE(read([](ReadTx& tx) { return get(tx, "token"); }));
}

}  // namespace
}  // namespace soundhub::storage::uploads
