// SPDX-License-Identifier: AGPL-3.0-or-later
#include <thread>

#include "fixture.hpp"

namespace soundhub::services {
namespace {

/// Hands out `text` in pieces, then the end or an error.
Uploads::Pull from(std::string text, std::optional<Error> then = {}, std::size_t piece = 3) {
  return [text = std::move(text), then, piece,
          at = std::size_t{0}](std::span<std::byte> out) mutable -> Result<std::size_t> {
    const auto size = std::min({out.size(), text.size() - at, piece});
    if (size == 0 && then) return tl::unexpected(*then);
    std::ranges::copy(as_bytes(std::string_view{text}.substr(at, size)), out.begin());
    at += size;
    return size;
  };
}

class UploadsTest : public ServicesTest {
 protected:
  std::string content(const uploads::Upload& upload) {
    const auto source = must(blobs_->open(must(blobs::BlobKey::parse(upload.blob_key.value()))));
    return must(read_all(*source, 1000));
  }
  UserId mina_{user("mina")};
  Uploads small_{context(), {.file_bytes = 20, .held_bytes = 30, .held_files = 3, .commit_bytes = 4}};
};

TEST_F(UploadsTest, JoinedChunksAreTheWhole) {
  const auto id = must(small_.begin(mina_, 11, "a.wav")).id;
  EXPECT_EQ(must(small_.append(mina_, id, 0, from("hello"))).offset_bytes, 5);
  const auto done = must(small_.append(mina_, id, 5, from(" world")));
  ASSERT_TRUE(done.complete());
  EXPECT_EQ(content(done), "hello world");
}

TEST_F(UploadsTest, WhatCameBeforeTheConnectionBrokeIsKept) {
  const auto id = must(small_.begin(mina_, 11, "a.wav")).id;
  const auto broken = small_.append(mina_, id, 0, from("hello ", Error{Errc::unavailable, "connection", {}}));
  EXPECT_EQ(refusal(broken), "connection");
  EXPECT_EQ(must(small_.get(mina_, id)).offset_bytes, 6);
  EXPECT_EQ(content(must(small_.append(mina_, id, 6, from("world")))), "hello world");
}

TEST_F(UploadsTest, BytesFromTheWrongPlaceAreRefused) {
  const auto id = must(small_.begin(mina_, 11, "a.wav")).id;
  must(small_.append(mina_, id, 0, from("hello")));
  EXPECT_EQ(refusal(small_.append(mina_, id, 4, from("o world"))), "upload.offset_wrong");
  EXPECT_EQ(must(small_.get(mina_, id)).offset_bytes, 5);
}

TEST_F(UploadsTest, MoreThanWasAnnouncedIsRefusedAndWhatFitsIsKept) {
  const auto id = must(small_.begin(mina_, 5, "a.wav")).id;
  const auto refused = small_.append(mina_, id, 0, from("hello world"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
  EXPECT_EQ(content(must(small_.complete(mina_, id))), "hello");
}

TEST_F(UploadsTest, AnIncompleteUploadCantBeUsed) {
  const auto id = must(small_.begin(mina_, 11, "a.wav")).id;
  must(small_.append(mina_, id, 0, from("hello")));
  auto wanted = new_song(mina_);
  wanted.upload_id = id;
  EXPECT_EQ(refusal(songs_.create(mina_, wanted)), "upload.incomplete");
}

TEST_F(UploadsTest, JoiningTwiceAtOnceNeverLosesTheBytes) {
  for (int round = 0; round < 8; ++round) {
    const auto id = must(uploads_.begin(mina_, 11, "a.wav")).id;
    for (const auto& [at, text] : {std::pair{0, "hello"}, {5, " worl"}})
      must(uploads_.append(mina_, id, at, from(text)));
    // The last byte comes, and the client is gone before it hears so: nobody has joined yet.
    ASSERT_FALSE(uploads_.append(mina_, id, 10, from("d", Error{Errc::unavailable, "connection", {}})));
    ASSERT_FALSE(must(uploads_.get(mina_, id)).complete());
    {
      const auto join = [&] { (void)uploads_.complete(mina_, id); };
      const std::jthread one{join}, other{join};
    }
    EXPECT_EQ(content(must(uploads_.complete(mina_, id))), "hello world");
    must(uploads_.remove(mina_, id));
  }
}

TEST_F(UploadsTest, SomeoneElsesUploadIsNotFound) {
  const auto stranger = user("stranger");
  const auto id = upload(mina_);
  EXPECT_EQ(refusal(uploads_.get(stranger, id)), "upload.not_found");
  EXPECT_EQ(refusal(uploads_.append(stranger, id, 4, from("x"))), "upload.not_found");
  EXPECT_EQ(refusal(uploads_.remove(stranger, id)), "upload.not_found");
  auto wanted = new_song(stranger);
  wanted.upload_id = id;
  EXPECT_EQ(refusal(songs_.create(stranger, wanted)), "upload.not_found");
  EXPECT_TRUE(uploads_.get(mina_, id));
}

TEST_F(UploadsTest, AnExpiredUploadIsNotFound) {
  const auto id = upload(mina_);
  clock_.pass(std::chrono::hours{25});
  EXPECT_EQ(refusal(uploads_.complete(mina_, id)), "upload.not_found");
}

TEST_F(UploadsTest, NobodyHoldsMoreBytesThanTheQuota) {
  must(small_.begin(mina_, 20, "a.wav"));
  const auto refused = small_.begin(mina_, 11, "b.wav");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_many);
  EXPECT_TRUE(small_.begin(mina_, 10, "b.wav"));
  EXPECT_TRUE(small_.begin(user("other"), 20, "c.wav")) << "a quota is a person's own";
}

TEST_F(UploadsTest, NobodyHoldsMoreFilesThanTheQuota) {
  for (int i = 0; i < 3; ++i) must(small_.begin(mina_, 1, "a.wav"));
  EXPECT_EQ(refusal(small_.begin(mina_, 1, "b.wav")), "upload.too_many");
  EXPECT_EQ(refusal(small_.begin_whole(mina_, "b.wav")), "upload.too_many");
}

TEST_F(UploadsTest, TwoUploadsAtOnceDontSlipPastTheQuota) {
  std::atomic<int> begun{};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) threads.emplace_back([&] { begun += small_.begin(mina_, 1, "a.wav") ? 1 : 0; });
  }
  EXPECT_EQ(begun, 3);
}

TEST_F(UploadsTest, AFileAboveTheLimitIsRefusedWhileItComes) {
  EXPECT_EQ(refusal(small_.begin(mina_, 21, "a.wav")), "upload.too_large");
  auto whole = must(small_.begin_whole(mina_, "a.wav"));
  must(whole->write(as_bytes(std::string(20, 'x'))));
  EXPECT_EQ(refusal(whole->write(as_bytes("x"))), "upload.too_large");
}

TEST_F(UploadsTest, AnUploadIsUsedOnce) {
  const auto wanted = new_song(mina_);
  must(songs_.create(mina_, wanted));
  EXPECT_EQ(refusal(songs_.create(mina_, wanted)), "upload.not_found");
}

TEST_F(UploadsTest, ManyUsersOfOneUploadAtOnceMakeOneSong) {
  const auto wanted = new_song(mina_);
  std::atomic<int> made{};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) threads.emplace_back([&] { made += songs_.create(mina_, wanted) ? 1 : 0; });
  }
  EXPECT_EQ(made, 1);
}

TEST_F(UploadsTest, OneUploadCantBeBothSoundAndCover) {
  auto wanted = new_song(mina_);
  wanted.cover_upload_id = wanted.upload_id;
  EXPECT_EQ(refusal(songs_.create(mina_, wanted)), "upload.not_found");
  EXPECT_TRUE(uploads_.get(mina_, wanted.upload_id)) << "a refused song uses nothing up";
}

TEST_F(UploadsTest, AnAccountsSpaceCountsWhatIsOnItsWayAndWhatIsInSongs) {
  Uploads tight{context(), {.account_bytes = 10}};
  must(tight.begin(mina_, 6, "a.wav"));
  EXPECT_EQ(refusal(tight.begin(mina_, 5, "b.wav")), "upload.space_used_up");
  const auto joon = user("joon");
  song(joon);  // of four bytes
  EXPECT_EQ(refusal(tight.begin(joon, 7, "b.wav")), "upload.space_used_up");
  must(tight.begin(joon, 6, "b.wav"));
}

}  // namespace
}  // namespace soundhub::services
