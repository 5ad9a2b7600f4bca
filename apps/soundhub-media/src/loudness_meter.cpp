// SPDX-License-Identifier: AGPL-3.0-or-later
#include "loudness_meter.hpp"

#include <algorithm>
#include <cmath>
#include <new>

namespace soundhub::media {

LoudnessMeter::LoudnessMeter(std::int32_t channels)
    : state_{ebur128_init(static_cast<unsigned>(channels), stem_rate,
                          EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK)},
      channels_{channels} {
  if (!state_) throw std::bad_alloc{};
}

void LoudnessMeter::push(const PcmBlock& block) {
  if (ebur128_add_frames_float(state_.get(), block.floats.data(), block.frames()) != EBUR128_SUCCESS)
    throw std::bad_alloc{};
}

Loudness LoudnessMeter::result() const {
  Loudness out;
  double peak = 0;
  for (unsigned c = 0; c < static_cast<unsigned>(channels_); ++c) {
    double channel_peak = 0;
    ebur128_true_peak(state_.get(), c, &channel_peak);
    peak = std::max(peak, channel_peak);
  }
  ebur128_loudness_global(state_.get(), &out.integrated_lufs);
  ebur128_loudness_range(state_.get(), &out.range_lu);
  out.true_peak_dbtp = 20 * std::log10(peak);
  out.has_loudness = std::isfinite(out.integrated_lufs) && std::isfinite(out.true_peak_dbtp);
  return out.has_loudness ? out : Loudness{};
}

}  // namespace soundhub::media
