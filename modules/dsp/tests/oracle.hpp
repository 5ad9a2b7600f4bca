// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <ebur128.h>

#include <algorithm>
#include <cmath>

#include "host.hpp"

namespace soundhub::dsp::test {

/// libebur128's opinion of a stereo signal: an implementation that isn't ours.
class Oracle {
 public:
  explicit Oracle(const Stereo& pcm) : state_(ebur128_init(2, sample_rate, modes)) {
    Samples interleaved;
    interleaved.reserve(2 * pcm.left.size());
    for (std::size_t i = 0; i < pcm.left.size(); ++i) {
      interleaved.push_back(pcm.left[i]);
      interleaved.push_back(pcm.right[i]);
    }
    ebur128_add_frames_float(state_, interleaved.data(), pcm.left.size());
  }
  ~Oracle() { ebur128_destroy(&state_); }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  double true_peak_dbtp() const {
    double left = 0, right = 0;
    ebur128_true_peak(state_, 0, &left);
    ebur128_true_peak(state_, 1, &right);
    return 20 * std::log10(std::max(left, right));
  }
  double integrated_lufs() const { return ask(ebur128_loudness_global); }
  double momentary_lufs() const { return ask(ebur128_loudness_momentary); }
  double short_term_lufs() const { return ask(ebur128_loudness_shortterm); }
  double range_lu() const { return ask(ebur128_loudness_range); }

 private:
  static constexpr int modes = EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK;
  template <typename Question>
  double ask(Question question) const {
    double answer = 0;
    question(state_, &answer);
    return answer;
  }
  ebur128_state* state_;
};

}  // namespace soundhub::dsp::test
