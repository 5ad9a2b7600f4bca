// SPDX-License-Identifier: AGPL-3.0-or-later
#include "loudness_meter.hpp"

namespace soundhub::media {

void LoudnessMeter::push(const PcmBlock& block) {
  const auto frames = static_cast<std::int64_t>(block.frames());
  if (block.channels == 1) {
    loudness_.process(block.floats.data(), nullptr, frames);
    true_peak_.process(block.floats.data(), nullptr, frames);
    return;
  }
  left_.resize(block.frames());
  right_.resize(block.frames());
  for (std::size_t i = 0; i < block.frames(); ++i) {
    left_[i] = block.floats[2 * i];
    right_[i] = block.floats[2 * i + 1];
  }
  loudness_.process(left_.data(), right_.data(), frames);
  true_peak_.process(left_.data(), right_.data(), frames);
}

Loudness LoudnessMeter::finish() {
  true_peak_.flush();
  Loudness out{.has_loudness = true,
               .integrated_lufs = loudness_.integrated_lufs(),
               .range_lu = loudness_.range_lu(),
               .true_peak_dbtp = true_peak_.peak_dbtp()};
  return out.integrated_lufs > dsp::silence_lufs ? out : Loudness{};
}

}  // namespace soundhub::media
