// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "soundhub/base/log.hpp"
#include "soundhub/media/worker.hpp"

namespace soundhub::media {

/// What one child may use up. Above memory, CPU or output it ends as "media.limit", above wall as "media.timeout".
struct Limits {
  std::uint64_t memory_bytes{std::uint64_t{1} << 30};  ///< of address space; the libraries alone map some 300 MB
  std::uint32_t cpu_seconds{300};
  std::chrono::milliseconds wall{std::chrono::minutes{20}};
  std::uint64_t output_bytes{std::uint64_t{6} << 30};  ///< all outputs together
  std::uint32_t duration_seconds{2 * 60 * 60};         ///< of a take or a song
};

/// The MediaWorker that runs `soundhub-media`: one process a call, with an empty environment and four descriptors
/// (requests, messages, standard error, the file), in its own process group, which is gone when the call returns.
class MediaChild final : public MediaWorker {
 public:
  MediaChild(std::string program, Limits limits, const Log& log);

  Result<IngestReport> ingest(int fd, OutputSink& sink, std::stop_token stop) override;
  Result<RenderReport> render(const RenderRequest& request, SegmentProvider& stems, OutputSink& sink,
                              std::stop_token stop) override;
  Result<ImageReport> image(int fd, OutputSink& sink, std::stop_token stop) override;

 private:
  std::string program_;
  Limits limits_;
  const Log& log_;
};

}  // namespace soundhub::media
