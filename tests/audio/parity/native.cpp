// SPDX-License-Identifier: AGPL-3.0-or-later
// parity_<build> <scenario.txt> <block frames> <out.f32> <out.meters>: plays a scenario on the engine as compiled here.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "soundhub/dsp/engine.hpp"

namespace {

using namespace soundhub::dsp;
using Samples = std::vector<float>;

/// The PCM is made of integers, so that it can't differ between languages: 24-bit values of one linear congruence.
class Generator {
 public:
  Generator(std::string kind, std::uint32_t seed)
      : kind_(std::move(kind)), seed_(seed), state_(seed * 2654435761U + 1) {}

  float next() {
    const std::uint32_t at = count_++;
    if (kind_ == "square") return at / seed_ % 2 == 0 ? 0.9F : -0.9F;
    state_ = state_ * 1664525U + 1013904223U;
    const float noise = static_cast<float>(static_cast<std::int32_t>(state_) >> 8) * (1.0F / 8388608.0F);
    if (kind_ == "broken" && at % 1000 < 8) return from_bits(broken[at % 1000]);
    return noise;
  }

 private:
  static constexpr std::array<std::uint32_t, 8> broken{0x7fc00000, 0x7f800000, 0xff800000, 0xffc12345,
                                                       0x00000001, 0x807fffff, 0x7f7fffff, 0x80000000};
  static float from_bits(std::uint32_t bits) {
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  std::string kind_;
  std::uint32_t seed_, state_, count_ = 0;
};

class Player {
 public:
  Player(int block, std::ostream& out) : block_(block), out_(out) {}

  void run(std::istream& scenario) {
    for (std::string line; std::getline(scenario, line);) {
      std::istringstream words(line);
      std::string command;
      if (words >> command && command[0] != '#') obey(command, words);
    }
  }

  std::vector<float> meters() const {
    const MasterMeter m = engine_->master_meter();
    std::vector<float> all{m.peak_left,       m.peak_right,      m.true_peak_dbtp,   m.momentary_lufs,
                           m.short_term_lufs, m.integrated_lufs, m.gain_reduction_db};
    for (int channel = 0; channel < engine_->channels(); ++channel) {
      const ChannelMeter c = engine_->channel_meter(channel);
      all.insert(all.end(), {c.peak_left, c.peak_right, c.rms_left, c.rms_right});
    }
    all.push_back(static_cast<float>(engine_->underruns() > 0));
    return all;
  }

 private:
  template <typename T>
  static T word(std::istream& words) {
    T value{};
    if (!(words >> value)) throw std::runtime_error("a word is missing");
    return value;
  }
  static float real(std::istream& words) { return static_cast<float>(word<double>(words)); }

  void obey(const std::string& command, std::istream& words) {
    if (command == "prepare")
      prepare(word<int>(words));
    else if (command == "stem")
      stem(words);
    else if (command == "channel")
      channel(words);
    else if (command == "master")
      master(words);
    else if (command == "offset")
      offset(words);
    else if (command == "seek")
      engine_->seek(word<std::int64_t>(words));
    else if (command == "loop")
      loop(words);
    else if (command == "noloop")
      engine_->clear_loop();
    else if (command == "play")
      engine_->set_playing(word<int>(words) != 0);
    else if (command == "fill")
      fills_ = word<int>(words) != 0;
    else if (command == "prime")
      fill(), engine_->prime();
    else if (command == "render")
      render(word<int>(words));
    else
      throw std::runtime_error("unknown command " + command);
  }

  void prepare(int channels) {
    engine_->prepare(channels);
    stems_.assign(static_cast<std::size_t>(channels), {});
  }

  void stem(std::istream& words) {
    const auto channel = word<int>(words);
    const auto kind = word<std::string>(words);
    const auto sides = word<int>(words);
    const auto frames = word<std::int64_t>(words), offset_frames = word<std::int64_t>(words);
    Generator generator(kind, word<std::uint32_t>(words));
    auto& pcm = stems_[static_cast<std::size_t>(channel)];
    for (int side = 0; side < sides; ++side) {
      pcm[static_cast<std::size_t>(side)].resize(static_cast<std::size_t>(frames));
      for (float& sample : pcm[static_cast<std::size_t>(side)]) sample = generator.next();
    }
    engine_->set_stem(channel, {sides, frames, offset_frames});
  }

  void channel(std::istream& words) {
    const auto channel = word<int>(words);
    const float gain_db = real(words), pan = real(words);
    const bool muted = word<int>(words) != 0, soloed = word<int>(words) != 0;
    const auto at = word<std::int64_t>(words);
    engine_->set_channel(channel, {gain_db, pan, muted, soloed}, at < 0 ? now : at);
  }

  void master(std::istream& words) {
    const float gain_db = real(words);
    const bool limiter = word<int>(words) != 0;
    engine_->set_master({gain_db, limiter, real(words)});
  }

  void offset(std::istream& words) {
    const auto channel = word<int>(words);
    engine_->set_offset(channel, word<std::int64_t>(words));
  }

  void loop(std::istream& words) {
    const auto start = word<std::int64_t>(words);
    engine_->set_loop(start, word<std::int64_t>(words));
  }

  // The stems stay whole in memory here, so a slot is a place in them.
  void fill() {
    for (int channel = 0; fills_ && channel < engine_->channels(); ++channel)
      for (int slot = 0; slot < 2; ++slot) {
        const std::int64_t segment = engine_->wanted(channel, slot);
        if (segment < 0) continue;
        const auto& pcm = stems_[static_cast<std::size_t>(channel)];
        const auto from = segment * segment_frames;
        engine_->give(channel, segment, pcm[0].data() + from, pcm[1].empty() ? nullptr : pcm[1].data() + from,
                      engine_->segment_length(channel, segment));
      }
  }

  void render(int frames) {
    Samples left(static_cast<std::size_t>(block_)), right(left), both(2 * left.size());
    for (int done = 0; done < frames; done += block_) {
      fill();
      engine_->process(left.data(), right.data(), block_);
      for (std::size_t i = 0; i < left.size(); ++i) both[2 * i] = left[i], both[2 * i + 1] = right[i];
      out_.write(reinterpret_cast<const char*>(both.data()), static_cast<std::streamsize>(both.size() * sizeof(float)));
    }
  }

  int block_;
  std::ostream& out_;
  bool fills_ = true;
  std::unique_ptr<Engine> engine_ = std::make_unique<Engine>();
  std::vector<std::array<Samples, 2>> stems_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return std::cerr << "usage: " << argv[0] << " scenario.txt block out.f32 out.meters\n", 2;
  std::ifstream scenario(argv[1]);
  std::ofstream pcm(argv[3], std::ios::binary), meters(argv[4], std::ios::binary);
  Player player(std::stoi(argv[2]), pcm);
  player.run(scenario);
  const std::vector<float> values = player.meters();
  meters.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
  return scenario.eof() && pcm.flush() && meters.flush() ? 0 : 1;
}
