// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <memory>
#include <optional>

#include "block_worker.hpp"
#include "flac_encoder.hpp"
#include "loudness_meter.hpp"
#include "mp3_encoder.hpp"
#include "opus_encoder.hpp"
#include "peaks.hpp"
#include "soundhub/base/sha256.hpp"
#include "wire.hpp"

namespace soundhub::media {

/// Everything that a rendered mix flows into: MP3 on two threads, FLAC and Opus on a third, hash and meters on the
/// caller's.
class MasterFiles {
 public:
  static Result<std::unique_ptr<MasterFiles>> start(const RenderRequest& request, std::int64_t frames, Wire& wire);

  Result<void> push(const PcmBlock& block);
  /// Ends and sends everything but the report.
  Result<void> finish();
  RenderReport report();

 private:
  MasterFiles(std::int64_t frames, Wire& wire) : frames_{frames}, wire_{wire} {}
  Result<void> encode(const PcmBlock& block);
  Result<void> tick();
  void hash(const PcmBlock& block);

  std::int64_t frames_;
  Wire& wire_;
  std::int64_t pushed_{};
  Sha256 sha_;
  Bytes packed_;
  Peaks peaks_;
  LoudnessMeter loudness_;
  std::unique_ptr<FlacEncoder> flac_;
  std::unique_ptr<OpusOggEncoder> opus_;
  std::unique_ptr<Mp3Encoder> mp3_;
  std::unique_ptr<BlockWorker> worker_;  ///< last: its thread uses flac_ and opus_
};

}  // namespace soundhub::media
