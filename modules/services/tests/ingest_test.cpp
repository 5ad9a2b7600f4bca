// SPDX-License-Identifier: AGPL-3.0-or-later
#include <atomic>

#include "fixture.hpp"
#include "output_blobs.hpp"
#include "soundhub/services/listening.hpp"

namespace soundhub::services {
namespace {

using ::testing::Contains;
using ::testing::Not;

class IngestTest : public ServicesTest {
 protected:
  takes::Take take() { return must(Listening{context()}.take(mina_, take_)).take; }
  UserId mina_{user("mina")};
  SongId song_{unpublished_song(mina_)};
  TakeId take_{first_part(song_, mina_).take.id};
};

TEST_F(IngestTest, ATakeCanBeHeardOnceItHasLanded) {
  must(run_job("ingest"));
  EXPECT_EQ(media_.heard, "riff");
  EXPECT_EQ(take().state, takes::State::ready);
  EXPECT_EQ(take().facts.frames, 300'000);
  Listening listening{context()};
  EXPECT_TRUE(listening.segment({}, take_, 1));
  EXPECT_EQ(refusal(listening.segment({}, take_, 2)), "take.no_such_segment");
  EXPECT_TRUE(listening.peaks({}, take_, 2048));
  EXPECT_EQ(refusal(listening.peaks({}, take_, 100)), "take.no_such_peaks");
  EXPECT_THAT(told(), Contains("take.progress"));
  EXPECT_THAT(told(), Contains("take.ready"));
}

TEST_F(IngestTest, ARejectedTakeSaysWhyAndItsJobIsOver) {
  media_.error = Error{Errc::invalid, "take.not_audio", "libav said so"};
  must(run_job("ingest"));
  EXPECT_EQ(take().state, takes::State::rejected);
  EXPECT_EQ(take().error_key, "take.not_audio");
  EXPECT_EQ(events().back().type, "take.rejected");
  EXPECT_EQ(events().back().error_key, "take.not_audio");
  clock_.pass(std::chrono::hours{1});
  EXPECT_FALSE(waits("ingest"));
}

TEST_F(IngestTest, ACrashIsTriedAgainAndToldAfterTheLastAttempt) {
  media_.error = Error{Errc::unavailable, "media.crashed", {}};
  const auto job = lease("ingest");
  EXPECT_EQ(refusal(run(job)), "media.crashed");
  EXPECT_EQ(take().state, takes::State::ingesting);
  must(run(job, true));
  EXPECT_EQ(take().state, takes::State::rejected);
  EXPECT_EQ(take().error_key, "media.crashed");
}

TEST_F(IngestTest, ATakeWhoseRunnerAlwaysDiedIsToldOfByWhoeverBuriesItsJob) {
  Ingest ingest{context(), media_};
  must(db_->write([&](storage::WriteTx& tx) {
    return ingest.give_up(tx, take_, Error{Errc::unavailable, "media.crashed", {}});
  }));
  EXPECT_EQ(take().state, takes::State::rejected);
  EXPECT_EQ(events().back().type, "take.rejected");
  EXPECT_EQ(events().back().error_key, "media.crashed");
}

TEST_F(IngestTest, AnInternalErrorOnTheLastAttemptIsToldWithoutItsDetail) {
  media_.error = Error{Errc::internal, "media.protocol", "type 77"};
  must(run_job("ingest", true));
  EXPECT_EQ(take().state, takes::State::rejected);
  EXPECT_EQ(take().error_key, "internal");
}

TEST_F(IngestTest, AStoppedServerRejectsNothing) {
  media_.error = Error{Errc::unavailable, "media.stopped", {}};
  EXPECT_EQ(refusal(run_job("ingest", true)), "media.stopped");
  EXPECT_EQ(take().state, takes::State::ingesting);
}

TEST_F(IngestTest, ALostLeaseLandsNothing) {
  const auto job = lease("ingest");
  media_.meanwhile = [&] {
    clock_.pass(std::chrono::minutes{5});
    must(db_->write([&](storage::WriteTx& tx) { return storage::jobs::release_expired(tx, clock_.now()); }));
  };
  EXPECT_EQ(refusal(run(job)), "job.lease_lost");
  EXPECT_EQ(take().state, takes::State::ingesting);
  EXPECT_THAT(told(), Not(Contains("take.ready")));
  media_.meanwhile = [] {};
  must(run_job("ingest"));
  EXPECT_EQ(take().state, takes::State::ready) << "whoever has the job now lands it";
}

TEST_F(IngestTest, ALostLeaseRejectsNothing) {
  const auto job = lease("ingest");
  media_.error = Error{Errc::conflict, "job.lease_lost", {}};
  EXPECT_EQ(refusal(run(job, true)), "job.lease_lost");
  EXPECT_EQ(take().state, takes::State::ingesting);
}

TEST_F(IngestTest, RunTwiceItLandsOnce) {
  must(run_job("ingest"));
  const auto before = told();
  must(db_->write([&](storage::WriteTx& tx) {
    return storage::jobs::enqueue(tx,
                                  {.kind = "ingest", .subject = take_.value, .priority = 0, .run_at = clock_.now()});
  }));
  must(run_job("ingest"));
  EXPECT_EQ(media_.ingests, 1);
  EXPECT_EQ(told(), before);
  EXPECT_FALSE(waits("ingest"));
}

TEST_F(IngestTest, OnlyAnAcceptedPartPublishesTheSong) {
  media_.error = Error{Errc::invalid, "take.empty", {}};
  must(run_job("ingest"));
  EXPECT_FALSE(must(songs_.get(mina_, song_)).song.published) << "a rejected take publishes nothing";
  media_.error.reset();
  part(mina_, song_);
  EXPECT_TRUE(must(songs_.get({}, song_)).song.published);
}

TEST_F(IngestTest, APartThatWasWithdrawnMeanwhileStillLandsItsTake) {
  must(run_job("ingest"));
  const auto joon = user("joon");
  const auto offered = must(parts_.offer(joon, song_, {.upload_id = upload(joon)}));
  media_.meanwhile = [&] { must(parts_.withdraw(joon, offered.part.id)); };
  must(run_job("ingest"));
  EXPECT_EQ(must(Listening{context()}.take(joon, offered.take.id)).take.state, takes::State::ready);
}

/// A store as one far away is: its sources have no descriptor.
class FarStore final : public blobs::BlobStore {
 public:
  Result<std::unique_ptr<blobs::BlobWriter>> begin() override { return fail(Errc::internal, "internal"); }
  Result<std::unique_ptr<ByteSource>> open(const blobs::BlobKey&) override {
    return std::make_unique<MemorySource>(bytes);
  }
  Result<blobs::Blob> stat(const blobs::BlobKey&) override { return fail(Errc::internal, "internal"); }
  Result<void> list(const std::function<Result<void>(const blobs::Listed&)>&) override { return {}; }
  Result<bool> remove(const blobs::BlobKey&, Time) override { return false; }
  std::string bytes = std::string(600'000, 'x') + "end";
};

/// A store that is full when a blob is to be kept, but for the first few.
class FullStore final : public blobs::BlobStore {
 public:
  FullStore(blobs::BlobStore& behind, int room) : behind_{behind}, room_{room} {}
  Result<std::unique_ptr<blobs::BlobWriter>> begin() override {
    SH_TRY(auto writer, behind_.begin());
    return std::make_unique<Writer>(std::move(writer), room_);
  }
  Result<std::unique_ptr<ByteSource>> open(const blobs::BlobKey& key) override { return behind_.open(key); }
  Result<blobs::Blob> stat(const blobs::BlobKey& key) override { return behind_.stat(key); }
  Result<void> list(const std::function<Result<void>(const blobs::Listed&)>& visit) override {
    return behind_.list(visit);
  }
  Result<bool> remove(const blobs::BlobKey&, Time) override { return false; }

 private:
  class Writer final : public blobs::BlobWriter {
   public:
    Writer(std::unique_ptr<blobs::BlobWriter> behind, std::atomic<int>& room)
        : behind_{std::move(behind)}, room_{room} {}
    Result<void> write(BytesView bytes) override { return behind_->write(bytes); }
    Result<blobs::Blob> commit() override {
      if (room_-- <= 0) return fail(Errc::unavailable, "storage.full");
      return behind_->commit();
    }

   private:
    std::unique_ptr<blobs::BlobWriter> behind_;
    std::atomic<int>& room_;
  };
  blobs::BlobStore& behind_;
  std::atomic<int> room_;
};

TEST_F(IngestTest, ATakeIsNotReadyBeforeAllOfItsBlobsAreKept) {
  const auto job = lease("ingest");
  for (const int room : {0, 1, 2}) {
    FullStore full{*blobs_, room};
    const Context context{*db_, full, clock_, random_, log_};
    EXPECT_EQ(refusal(Ingest{context, media_}.run(take_, work(job, true))), "storage.full") << room;
    EXPECT_EQ(take().state, takes::State::ingesting)
        << "a full store is no reason to reject it, at the last attempt either";
  }
  must(run(job));
  EXPECT_EQ(take().state, takes::State::ready);
}

TEST(BlobDescriptor, AStoreWithoutDescriptorsIsReadThroughANamelessCopy) {
  FarStore store;
  auto blob = BlobDescriptor::open(store, std::string(64, 'a'));
  ASSERT_TRUE(blob);
  const auto moved = *std::move(blob);
  std::string read(store.bytes.size() + 1, '\0');
  ASSERT_EQ(::read(moved.get(), read.data(), read.size()), static_cast<ssize_t>(store.bytes.size()));
  read.resize(store.bytes.size());
  EXPECT_EQ(read, store.bytes);
}

}  // namespace
}  // namespace soundhub::services
