// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <functional>
#include <optional>
#include <stop_token>

#include "soundhub/domain/events.hpp"
#include "soundhub/services/context.hpp"

namespace soundhub::storage {
class WriteTx;
}

namespace soundhub::services {

/// What a job's runner gives to the work it runs; one thread.
struct Work {
  /// Heartbeat and progress, 0 to 1; an error once the lease is lost: then stop, somebody else has the job.
  std::function<Result<void>(double fraction)> progress;
  /// Ends the job in the same transaction as what it made; an error (and so a rollback) if the lease is lost.
  std::function<Result<void>(storage::WriteTx&)> finish;
  std::stop_token stop;
  bool last_attempt{};  ///< after this one the job is dead: say so to the user
};

/// Looks at an upload in the locked child and lands what it found. Safe to run twice.
class Ingest {
 public:
  Ingest(const Context& context, media::MediaWorker& media);
  Result<void> run(TakeId take, const Work& work);
  /// Rejects the take and says so, in the transaction that ends its job: also for a job whose runner died every time.
  Result<void> give_up(storage::WriteTx& tx, TakeId take, const Error& error) const;

 private:
  Context context_;
  media::MediaWorker& media_;
};

/// Renders a release in the locked child and publishes it. Safe to run twice.
class Render {
 public:
  Render(const Context& context, media::MediaWorker& media);
  Result<void> run(ReleaseId release, const Work& work);
  /// Fails the release and says so, in the transaction that ends its job.
  Result<void> give_up(storage::WriteTx& tx, ReleaseId release, const Error& error) const;

 private:
  Context context_;
  media::MediaWorker& media_;
};

/// Makes the pictures of a song's cover. A file that isn't a picture leaves the song without one.
class Cover {
 public:
  Cover(const Context& context, media::MediaWorker& media);
  Result<void> run(SongId song, const Work& work);

 private:
  Context context_;
  media::MediaWorker& media_;
};

/// Takes away what nobody names or needs any more: blobs, expired uploads and sessions, old events and jobs.
class Housekeeping {
 public:
  explicit Housekeeping(const Context& context);
  struct Report {
    std::int64_t blobs_removed{}, blobs_kept{}, bytes_removed{}, uploads{}, events{};
  };
  Result<Report> run();
  /// For processes that all try once an hour: one of them runs, the others get nothing.
  Result<std::optional<Report>> run_in_turn();

 private:
  Context context_;
};

}  // namespace soundhub::services
