// SPDX-License-Identifier: AGPL-3.0-or-later
#include "resampler.hpp"

#include <algorithm>

#include "pcm.hpp"

namespace soundhub::media {
namespace {

constexpr std::size_t chunk_frames = 8192;

}  // namespace

Result<Resampler> Resampler::create(std::int32_t rate, std::int32_t channels) {
  Resampler out{rate, channels};
  if (rate == stem_rate) return out;
  soxr_error_t error = nullptr;
  const auto format = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  const auto quality = soxr_quality_spec(SOXR_HQ, 0);
  const auto runtime = soxr_runtime_spec(1);
  out.soxr_.reset(soxr_create(rate, stem_rate, static_cast<unsigned>(channels), &error, &format, &quality, &runtime));
  if (error != nullptr) return fail(Errc::internal, "media.resampler", error);
  return out;
}

Result<std::span<const float>> Resampler::push(std::span<const float> in) {
  frames_in_ += static_cast<std::int64_t>(in.size()) / channels_;
  if (!soxr_) return in;
  out_.clear();
  SH_CHECK(run(in.data(), in.size() / static_cast<std::size_t>(channels_)));
  frames_out_ += static_cast<std::int64_t>(out_.size()) / channels_;
  return std::span<const float>{out_};
}

Result<std::span<const float>> Resampler::finish() {
  out_.clear();
  if (!soxr_) return std::span<const float>{out_};
  SH_CHECK(run(nullptr, 0));
  const auto expected = (2 * frames_in_ * stem_rate + rate_) / (2 * rate_);
  out_.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, expected - frames_out_) * channels_));
  return std::span<const float>{out_};
}

Result<void> Resampler::run(const float* in, std::size_t frames) {
  const auto channels = static_cast<std::size_t>(channels_);
  for (;;) {
    const auto start = out_.size();
    out_.resize(start + chunk_frames * channels);
    std::size_t used = 0;
    std::size_t made = 0;
    const auto error = soxr_process(soxr_.get(), in, frames, &used, out_.data() + start, chunk_frames, &made);
    if (error != nullptr) return fail(Errc::internal, "media.resampler", error);
    out_.resize(start + made * channels);
    if (in != nullptr) {
      in += used * channels;
      frames -= used;
    }
    if (made < chunk_frames && frames == 0) return {};
  }
}

}  // namespace soundhub::media
