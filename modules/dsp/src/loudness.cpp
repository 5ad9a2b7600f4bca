// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/loudness.hpp"

#include "math.hpp"
#include "vec.hpp"

namespace soundhub::dsp {
namespace {

using D2 = double __attribute__((vector_size(16)));

struct Biquad {
  double b0, b1, b2, a1, a2;
};
// ITU-R BS.1770-4 annex 1, tables 1 and 2 (48 kHz): the head's shelf, then the RLB high pass.
constexpr Biquad shelf{1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585};
constexpr Biquad high_pass{1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621};

constexpr double lowest_lufs = -70;
constexpr int chunk_frames = 256;
constexpr int blocks_in_momentary = 4;  // steps of 100 ms

double lufs(double energy) noexcept {
  return energy > 1e-12 ? -0.691 + 10 * math::log10(energy) : silence_lufs;
}
D2 pair(const double* from) noexcept {
  return D2{from[0], from[1]};
}
void put(double* to, D2 v) noexcept {
  to[0] = v[0];
  to[1] = v[1];
}
/// Far below anything audible, and far above the subnormals that would slow silence down.
void snap(double* pair) noexcept {
  for (int lane = 0; lane < 2; ++lane)
    if (math::absolute(pair[lane]) < 1e-30) pair[lane] = 0;
}

struct Section {
  D2 s1, s2;
  D2 run(D2 x, const Biquad& c) noexcept {
    const D2 y = c.b0 * x + s1;
    s1 = (c.b1 * x + s2) - c.a1 * y;
    s2 = c.b2 * x - c.a2 * y;
    return y;
  }
};

}  // namespace

void LoudnessHistogram::add(double energy) noexcept {
  const double level = lufs(energy);
  if (level < lowest_lufs) return;
  const int bin = static_cast<int>((level - lowest_lufs) * 10);
  const int kept = bin < bins ? bin : bins - 1;
  ++count_[kept];
  energy_[kept] += energy;
  ++total_;
}

int LoudnessHistogram::first_above(double gate_lu) const noexcept {
  double energy = 0;
  for (const double e : energy_) energy += e;
  const double gate = energy / static_cast<double>(total_) * math::db_to_linear(gate_lu * -2);
  int bin = 0;
  while (bin < bins && (count_[bin] == 0 || energy_[bin] / count_[bin] < gate)) ++bin;
  return bin;
}

double LoudnessHistogram::gated_mean(double gate_lu) const noexcept {
  if (empty()) return 0;
  double energy = 0;
  int64_t count = 0;
  for (int bin = first_above(gate_lu); bin < bins; ++bin) {
    energy += energy_[bin];
    count += count_[bin];
  }
  return count > 0 ? energy / static_cast<double>(count) : 0;
}

double LoudnessHistogram::percentile(double gate_lu, double fraction) const noexcept {
  if (empty()) return silence_lufs;
  const int first = first_above(gate_lu);
  int64_t above = 0;
  for (int bin = first; bin < bins; ++bin) above += count_[bin];
  if (above == 0) return silence_lufs;
  int64_t rank = static_cast<int64_t>(static_cast<double>(above - 1) * fraction + 0.5);
  int bin = first;
  while (rank >= count_[bin]) rank -= count_[bin++];
  return lufs(energy_[bin] / count_[bin]);
}

void LoudnessMeter::process(const float* left, const float* right, int64_t frames) noexcept {
  float sides[2][chunk_frames] = {};
  while (frames > 0) {
    const int64_t room = step_frames - filled_ < chunk_frames ? step_frames - filled_ : chunk_frames;
    const int n = static_cast<int>(frames < room ? frames : room);
    copy_sane(sides[0], left, n);
    if (right != nullptr) copy_sane(sides[1], right, n);
    filter(sides[0], sides[1], n);
    filled_ += n;
    if (filled_ == step_frames) end_step();
    left += n;
    if (right != nullptr) right += n;
    frames -= n;
  }
}

void LoudnessMeter::filter(const float* left, const float* right, int frames) noexcept {
  Section first{pair(shelf_.s1), pair(shelf_.s2)}, second{pair(high_pass_.s1), pair(high_pass_.s2)};
  D2 energy = pair(sum_);
  for (int i = 0; i < frames; ++i) {
    const D2 x{static_cast<double>(left[i]), static_cast<double>(right[i])};
    const D2 y = second.run(first.run(x, shelf), high_pass);
    energy += y * y;
  }
  put(shelf_.s1, first.s1);
  put(shelf_.s2, first.s2);
  put(high_pass_.s1, second.s1);
  put(high_pass_.s2, second.s2);
  put(sum_, energy);
}

void LoudnessMeter::end_step() noexcept {
  step_energy_[step_ % steps] = (sum_[0] + sum_[1]) / step_frames;
  sum_[0] = sum_[1] = 0;
  double* const states[] = {shelf_.s1, shelf_.s2, high_pass_.s1, high_pass_.s2};
  for (double* state : states) snap(state);
  filled_ = 0;
  ++step_;
  if (step_ >= blocks_in_momentary) {
    const double energy = window_energy(blocks_in_momentary);
    blocks_.add(energy);
    if (energy > max_momentary_) max_momentary_ = energy;
  }
  if (step_ >= steps) {
    const double energy = window_energy(steps);
    if (step_ % 10 == 0) short_terms_.add(energy);  // Tech 3342: two thirds of overlap
    if (energy > max_short_term_) max_short_term_ = energy;
  }
}

double LoudnessMeter::window_energy(int step_count) const noexcept {
  double energy = 0;
  for (int64_t step = step_ - step_count; step < step_; ++step)
    if (step >= 0) energy += step_energy_[step % steps];
  return energy / step_count;
}

float LoudnessMeter::momentary_lufs() const noexcept {
  return static_cast<float>(lufs(window_energy(blocks_in_momentary)));
}
float LoudnessMeter::short_term_lufs() const noexcept {
  return static_cast<float>(lufs(window_energy(steps)));
}
float LoudnessMeter::integrated_lufs() const noexcept {
  return static_cast<float>(lufs(blocks_.gated_mean(10)));
}
float LoudnessMeter::max_momentary_lufs() const noexcept {
  return static_cast<float>(lufs(max_momentary_));
}
float LoudnessMeter::max_short_term_lufs() const noexcept {
  return static_cast<float>(lufs(max_short_term_));
}

float LoudnessMeter::range_lu() const noexcept {
  if (short_terms_.empty()) return 0;
  const double spread = short_terms_.percentile(20, 0.95) - short_terms_.percentile(20, 0.10);
  return static_cast<float>(spread);
}

}  // namespace soundhub::dsp
