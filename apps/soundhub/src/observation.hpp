// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <functional>

#include "metrics.hpp"
#include "soundhub/blobs/observe.hpp"
#include "soundhub/http/server.hpp"
#include "soundhub/jobs/runner.hpp"
#include "soundhub/media/worker.hpp"
#include "soundhub/storage/database.hpp"

namespace soundhub::app {

/// Turns what the modules tell into metrics: they know nothing of each other. Outlives whatever was given its hooks.
class Observation {
 public:
  Observation();
  storage::Hooks of_database();
  blobs::Observe of_blobs();
  std::function<void(const http::Served&)> of_requests();
  std::function<void(const jobs::Attempt&)> of_jobs();
  void media_ended(std::string_view what, const Error* error, double seconds);

  /// What is asked when somebody looks. Errors leave the gauge out: a database that is away must not hide the rest.
  void take_stock(storage::Database& db, Time now);
  void take_stock(const http::Server::Counts& counts);
  std::string text() const { return metrics_.text(); }

 private:
  Metrics metrics_;
};

/// A MediaWorker whose ends are counted.
class WatchedMedia final : public media::MediaWorker {
 public:
  WatchedMedia(media::MediaWorker& worker, Observation& observation) : worker_{worker}, observation_{observation} {}
  Result<media::IngestReport> ingest(int fd, media::OutputSink& sink, std::stop_token stop) override;
  Result<media::RenderReport> render(const media::RenderRequest& request, media::SegmentProvider& stems,
                                     media::OutputSink& sink, std::stop_token stop) override;
  Result<media::ImageReport> image(int fd, media::OutputSink& sink, std::stop_token stop) override;

 private:
  template <class Call>
  auto watched(std::string_view what, Call call);
  media::MediaWorker& worker_;
  Observation& observation_;
};

}  // namespace soundhub::app
