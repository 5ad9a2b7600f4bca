// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fakes.hpp"
#include "soundhub/blobs/folder.hpp"
#include "soundhub/services/mixes.hpp"
#include "soundhub/services/parts.hpp"
#include "soundhub/services/releases.hpp"
#include "soundhub/services/songs.hpp"
#include "soundhub/services/work.hpp"
#include "soundhub/storage/accounts.hpp"
#include "soundhub/storage/jobs.hpp"
#include "soundhub/storage/outbox.hpp"
#include "soundhub/storage/testing/temp_database.hpp"

namespace soundhub::services {

/// The key of what was refused, "" if nothing was.
template <class T>
std::string refusal(const Result<T>& result) {
  return result ? "" : result.error().key;
}

/// The use cases on a real database and a real folder of blobs, with short words for getting somewhere.
class ServicesTest : public ::testing::Test {
 protected:
  static constexpr int engine_version = 7;

  Context context() { return {*db_, *blobs_, clock_, random_, log_, sends_mail_}; }

  template <class T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().key + ": " + result.error().detail);
    return std::move(result).value();
  }
  static void must(const Result<void>& result) {
    if (!result) throw std::runtime_error(result.error().key + ": " + result.error().detail);
  }

  UserId user(const std::string& name) {
    return must(db_->write([&](storage::WriteTx& tx) {
      return storage::accounts::insert(tx,
                                       {.email = name + "@example.org", .nickname = name, .created_at = clock_.now()});
    }));
  }

  /// A complete upload of these bytes.
  std::string upload(UserId owner, std::string_view bytes = "riff", Uploads* uploads = nullptr) {
    auto whole = must((uploads ? uploads : &uploads_)->begin_whole(owner, "riff.wav"));
    must(whole->write(as_bytes(bytes)));
    return must(whole->commit()).id;
  }

  Songs::NewSong new_song(UserId owner) {
    return {.title = "Riff", .instrument = songs::Instrument::guitar, .upload_id = upload(owner)};
  }
  SongId unpublished_song(UserId owner) { return must(songs_.create(owner, new_song(owner))); }
  /// Its first part can be heard.
  SongId song(UserId owner) {
    const auto id = unpublished_song(owner);
    must(run_job("ingest"));
    return id;
  }
  PartView part(UserId author, SongId of, std::optional<SeatId> seat = {}) {
    auto offered = must(
        parts_.offer(author, of, {.instrument = songs::Instrument::drums, .seat = seat, .upload_id = upload(author)}));
    must(run_job("ingest"));
    return offered;
  }
  PartView first_part(SongId of, UserId owner) { return must(songs_.get(owner, of)).parts.front(); }

  static mixes::Channel channel(const PartView& view) { return {.part = view.part.id, .take = view.take.id}; }
  mixes::Mix mix(UserId owner, SongId of, std::vector<mixes::Channel> channels, std::optional<MixId> parent = {}) {
    return must(mixes_.save(
        owner, of, {.parent = parent, .name = "", .settings = {.channels = std::move(channels), .master = {}}}));
  }

  bool waits(const std::string& kind) {
    return must(db_->read(
        [&](storage::ReadTx& tx) { return storage::jobs::any_due(tx, std::vector<std::string>{kind}, clock_.now()); }));
  }
  storage::jobs::LeasedJob lease(const std::string& kind) {
    const auto token = random_token(random_);
    const auto job = must(db_->write([&](storage::WriteTx& tx) {
      return storage::jobs::lease(tx, std::vector<std::string>{kind}, token, clock_.now(),
                                  clock_.now() + std::chrono::minutes{1});
    }));
    if (!job) throw std::runtime_error("no job of kind " + kind);
    return *job;
  }
  Work work(const storage::jobs::LeasedJob& job, bool last_attempt = false) {
    return {.progress = [](double) { return Result<void>{}; },
            .finish = [this, held = job.lease](
                          storage::WriteTx& tx) { return storage::jobs::finish(tx, held, clock_.now()); },
            .stop = {},
            .last_attempt = last_attempt};
  }
  Result<void> run(const storage::jobs::LeasedJob& job, bool last_attempt = false) {
    if (job.kind == "ingest") return Ingest{context(), media_}.run(TakeId{job.subject}, work(job, last_attempt));
    if (job.kind == "render") return Render{context(), media_}.run(ReleaseId{job.subject}, work(job, last_attempt));
    return Cover{context(), media_}.run(SongId{job.subject}, work(job, last_attempt));
  }
  /// As the runner does it: under a lease, ended in the transaction that lands the result.
  Result<void> run_job(const std::string& kind, bool last_attempt = false) { return run(lease(kind), last_attempt); }

  std::vector<std::string> told() {
    std::vector<std::string> types;
    for (const auto& event : events()) types.push_back(event.type);
    return types;
  }
  std::vector<events::Event> events() {
    return must(db_->read([](storage::ReadTx& tx) { return storage::outbox::after(tx, EventId{0}, 1000); }));
  }

  storage::testing::TempDatabase db_;
  storage::testing::TempFolder folder_;
  std::unique_ptr<blobs::BlobStore> blobs_{must(blobs::open_folder(folder_.path() / "blobs"))};
  FakeClock clock_;
  FakeRandom random_;
  Log log_{Log::silent()};
  FakeMedia media_;
  bool sends_mail_{};  ///< for what is made from now on
  Uploads uploads_{context(), {}};
  Songs songs_{context(), uploads_};
  Parts parts_{context(), uploads_};
  Mixes mixes_{context()};
  Releases releases_{context(), engine_version};
};

}  // namespace soundhub::services
