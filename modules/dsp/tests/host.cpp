// SPDX-License-Identifier: AGPL-3.0-or-later
#include "host.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace soundhub::dsp::test {
namespace {
constexpr float poison = 200;
}

Host::Host(int channels) : engine_(std::make_unique<Engine>()), stems_(static_cast<std::size_t>(channels)) {
  engine_->prepare(channels);
}

void Host::set_stem(int channel, Stereo pcm, std::int64_t offset_frames) {
  Stem& stem = stems_[static_cast<std::size_t>(channel)];
  engine_->set_stem(channel, {.channels = pcm.right.empty() ? 1 : 2,
                              .frames = static_cast<std::int64_t>(pcm.left.size()),
                              .offset_frames = offset_frames});
  stem.pcm = std::move(pcm);
}

void Host::set_stem(int channel, Samples mono, std::int64_t offset_frames) {
  set_stem(channel, Stereo{std::move(mono), {}}, offset_frames);
}

void Host::fill() {
  for (int channel = 0; channel < static_cast<int>(stems_.size()); ++channel)
    for (int slot = 0; slot < 2; ++slot)
      if (const auto segment = engine_->wanted(channel, slot); segment >= 0) fill(channel, slot, segment);
}

void Host::fill(int channel, int slot, std::int64_t segment) {
  Stem& stem = stems_[static_cast<std::size_t>(channel)];
  const int frames = engine_->segment_length(channel, segment);
  const auto from = static_cast<std::ptrdiff_t>(segment * segment_frames);
  const auto cut = [&](const Samples& pcm, Samples& to) {
    to.assign(segment_frames, poison);
    if (!pcm.empty()) std::copy_n(pcm.begin() + from, frames, to.begin());
  };
  Stereo& memory = stem.slots[static_cast<std::size_t>(slot)];
  cut(stem.pcm.left, memory.left);
  cut(stem.pcm.right, memory.right);
  engine_->give(channel, segment, memory.left.data(), stem.pcm.right.empty() ? nullptr : memory.right.data(), frames);
}

void Host::spoil() {
  for (int channel = 0; channel < static_cast<int>(stems_.size()); ++channel)
    for (int slot = 0; slot < 2; ++slot) {
      if (engine_->wanted(channel, slot) < 0) continue;
      engine_->drop(channel, slot);
      auto& memory = stems_[static_cast<std::size_t>(channel)].slots[static_cast<std::size_t>(slot)];
      memory = {Samples(segment_frames, poison), Samples(segment_frames, poison)};
    }
}

Stereo Host::process_unfilled(std::int64_t frames) {
  Stereo out{Samples(static_cast<std::size_t>(frames)), Samples(static_cast<std::size_t>(frames))};
  const NoAllocation guard;
  engine_->process(out.left.data(), out.right.data(), static_cast<int>(frames));
  return out;
}

Stereo Host::process(std::int64_t frames, int block) {
  Stereo out{Samples(static_cast<std::size_t>(frames)), Samples(static_cast<std::size_t>(frames))};
  for (std::int64_t done = 0; done < frames; done += block) {
    fill();
    const NoAllocation guard;
    engine_->process(out.left.data() + done, out.right.data() + done,
                     static_cast<int>(std::min<std::int64_t>(block, frames - done)));
  }
  return out;
}

Stereo Host::render(int block) {
  engine_->seek(0);
  fill();
  engine_->prime();
  const std::int64_t length = engine_->song_frames();
  Stereo out = process((length + quantum - 1) / quantum * quantum, block);
  out.left.resize(static_cast<std::size_t>(length));
  out.right.resize(static_cast<std::size_t>(length));
  return out;
}

Samples constant(std::size_t frames, float value) {
  return Samples(frames, value);
}

Samples sine(std::size_t frames, double hertz, double amplitude, double phase) {
  Samples out(frames);
  for (std::size_t i = 0; i < frames; ++i)
    out[i] = static_cast<float>(amplitude *
                                std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / sample_rate + phase));
  return out;
}

Samples noise(std::size_t frames, std::uint32_t seed, float amplitude) {
  std::mt19937 random{seed};
  Samples out(frames);
  for (float& x : out) x = amplitude * (static_cast<float>(random() >> 8) * (2.0F / 16777216.0F) - 1.0F);
  return out;
}

}  // namespace soundhub::dsp::test
