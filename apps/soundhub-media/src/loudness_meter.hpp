// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <vector>

#include "pcm.hpp"
#include "soundhub/dsp/loudness.hpp"
#include "soundhub/dsp/true_peak.hpp"
#include "soundhub/media/worker.hpp"

namespace soundhub::media {

/// Integrated loudness, loudness range and true peak of a stem or a mix (EBU R 128), by the engine's own meters: they
/// cost a tenth of libebur128's, which the tests compare them with. A mono stem is measured in one channel, as it is.
class LoudnessMeter {
 public:
  void push(const PcmBlock& block);
  /// Ends the measurement.
  Loudness finish();

 private:
  dsp::LoudnessMeter loudness_;
  dsp::TruePeakMeter true_peak_;
  std::vector<float> left_, right_;
};

}  // namespace soundhub::media
