// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <soxr.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "soundhub/base/error.hpp"

namespace soundhub::media {

/// To 48 kHz by soxr at its high quality (20 bits, linear phase, delay taken out): sample 0 stays at time 0, n frames
/// become round(n * 48000 / rate). At 48 kHz it hands its input on as it is.
class Resampler {
 public:
  static Result<Resampler> create(std::int32_t rate, std::int32_t channels);
  /// The view is valid until the next call.
  Result<std::span<const float>> push(std::span<const float> in);
  Result<std::span<const float>> finish();

 private:
  struct FreeSoxr {
    void operator()(soxr* p) const { soxr_delete(p); }
  };
  Resampler(std::int32_t rate, std::int32_t channels) : rate_{rate}, channels_{channels} {}
  Result<void> run(const float* in, std::size_t frames);

  std::int32_t rate_, channels_;
  std::unique_ptr<soxr, FreeSoxr> soxr_;
  std::vector<float> out_;
  std::int64_t frames_in_{}, frames_out_{};
};

}  // namespace soundhub::media
