// SPDX-License-Identifier: AGPL-3.0-or-later
#include "observation.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>

#include "soundhub/storage/jobs.hpp"

namespace soundhub::app {
namespace {

using Kind = Metrics::Kind;
using Seconds = std::chrono::duration<double>;

constexpr std::string_view to_string(storage::Operation operation) {
  switch (operation) {
    case storage::Operation::begin:
      return "begin";
    case storage::Operation::statement:
      return "statement";
    case storage::Operation::commit:
      break;
  }
  return "commit";
}

// "2xx": which of them is in the log.
std::string class_of(int status) {
  return std::to_string(status / 100) + "xx";
}

double resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

}  // namespace

Observation::Observation() {
  metrics_.declare("soundhub_http_requests_total", Kind::counter, "Requests by route and class of status.",
                   {"method", "route", "status"});
  metrics_.declare("soundhub_http_request_seconds", Kind::histogram,
                   "From a request's first byte to its answer's last.", {"route"});
  metrics_.declare("soundhub_http_connections", Kind::gauge, "Open connections.");
  metrics_.declare("soundhub_http_event_streams", Kind::gauge, "Open event streams.");
  metrics_.declare("soundhub_http_refused_total", Kind::counter, "Connections and requests that were turned away.");
  metrics_.declare("soundhub_jobs", Kind::gauge, "Jobs by kind and state.", {"kind", "state"});
  metrics_.declare("soundhub_jobs_oldest_seconds", Kind::gauge, "How long the oldest due job has waited.", {"kind"});
  metrics_.declare("soundhub_job_attempts_total", Kind::counter, "Attempts at jobs by outcome.", {"kind", "outcome"});
  metrics_.declare("soundhub_job_seconds", Kind::histogram, "Time of an attempt.", {"kind"});
  metrics_.declare("soundhub_media_failures_total", Kind::counter, "Media children that ended with an error.",
                   {"work", "error"});
  metrics_.declare("soundhub_media_seconds", Kind::histogram, "Life of a media child.", {"work"});
  metrics_.declare("soundhub_database_seconds", Kind::histogram, "Steps of transactions.", {"step"});
  metrics_.declare("soundhub_database_up", Kind::gauge, "1 if the database answers.");
  metrics_.declare("soundhub_blob_seconds", Kind::histogram, "Operations of the blob store.", {"operation"});
  metrics_.declare("soundhub_blob_failures_total", Kind::counter, "Operations of the blob store that failed.",
                   {"operation", "error"});
  metrics_.declare("process_resident_memory_bytes", Kind::gauge, "Resident memory.");
}

storage::Hooks Observation::of_database() {
  return {.on_statement = {}, .on_timing = [this](storage::Operation operation, std::chrono::nanoseconds took) {
            metrics_.observe("soundhub_database_seconds", {to_string(operation)}, Seconds{took}.count());
          }};
}

blobs::Observe Observation::of_blobs() {
  return [this](const blobs::Operation& operation) {
    metrics_.observe("soundhub_blob_seconds", {operation.name}, Seconds{operation.took}.count());
    // Asking for a blob that isn't there is a question like any other.
    if (operation.outcome != "ok" && operation.outcome != "blob.not_found")
      metrics_.add("soundhub_blob_failures_total", {operation.name, operation.outcome});
  };
}

std::function<void(const http::Served&)> Observation::of_requests() {
  return [this](const http::Served& served) {
    metrics_.add("soundhub_http_requests_total", {served.method, served.pattern, class_of(served.status)});
    metrics_.observe("soundhub_http_request_seconds", {served.pattern}, served.seconds);
  };
}

std::function<void(const jobs::Attempt&)> Observation::of_jobs() {
  return [this](const jobs::Attempt& attempt) {
    metrics_.add("soundhub_job_attempts_total", {attempt.kind, attempt.outcome});
    metrics_.observe("soundhub_job_seconds", {attempt.kind}, attempt.seconds);
  };
}

void Observation::media_ended(std::string_view what, const Error* error, double seconds) {
  metrics_.observe("soundhub_media_seconds", {what}, seconds);
  if (error) metrics_.add("soundhub_media_failures_total", {what, error->key});
}

void Observation::take_stock(storage::Database& db, Time now) {
  metrics_.set("process_resident_memory_bytes", {}, resident_bytes());
  const auto counts = db.read([&](storage::ReadTx& tx) { return storage::jobs::waiting(tx); });
  metrics_.set("soundhub_database_up", {}, counts ? 1 : 0);
  if (!counts) return;
  metrics_.clear("soundhub_jobs");
  metrics_.clear("soundhub_jobs_oldest_seconds");
  for (const auto& row : *counts) {
    metrics_.set("soundhub_jobs", {row.kind, storage::jobs::to_string(row.state)}, static_cast<double>(row.count));
    if (row.state != storage::jobs::State::queued) continue;
    metrics_.set("soundhub_jobs_oldest_seconds", {row.kind}, std::max(0.0, Seconds{now - row.oldest}.count()));
  }
}

void Observation::take_stock(const http::Server::Counts& counts) {
  metrics_.set("soundhub_http_connections", {}, static_cast<double>(counts.open_connections));
  metrics_.set("soundhub_http_event_streams", {}, static_cast<double>(counts.event_streams));
  metrics_.set("soundhub_http_refused_total", {}, static_cast<double>(counts.refused));
}

template <class Call>
auto WatchedMedia::watched(std::string_view what, Call call) {
  const auto began = std::chrono::steady_clock::now();
  auto result = call();
  observation_.media_ended(what, result ? nullptr : &result.error(),
                           Seconds{std::chrono::steady_clock::now() - began}.count());
  return result;
}

Result<media::IngestReport> WatchedMedia::ingest(int fd, media::OutputSink& sink, std::stop_token stop) {
  return watched("ingest", [&] { return worker_.ingest(fd, sink, stop); });
}

Result<media::RenderReport> WatchedMedia::render(const media::RenderRequest& request, media::SegmentProvider& stems,
                                                 media::OutputSink& sink, std::stop_token stop) {
  return watched("render", [&] { return worker_.render(request, stems, sink, stop); });
}

Result<media::ImageReport> WatchedMedia::image(int fd, media::OutputSink& sink, std::stop_token stop) {
  return watched("image", [&] { return worker_.image(fd, sink, stop); });
}

}  // namespace soundhub::app
