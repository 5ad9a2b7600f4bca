// SPDX-License-Identifier: AGPL-3.0-or-later
#include "flac_exports.hpp"

#include "memory.hpp"
#include "soundhub/dsp/flac.hpp"

inline void* operator new(size_t, void* place) noexcept {
  return place;
}

namespace {

using namespace soundhub::dsp;

constexpr size_t input_bytes = 2 << 20;  // uncompressed and stereo, a segment has 1.44 MB
constexpr size_t side_bytes = segment_frames * sizeof(float);

FlacDecoder* decoder = nullptr;
uint8_t* input = nullptr;
float* sides[2];

bool prepared() {
  if (decoder != nullptr) return true;
  auto* memory = static_cast<uint8_t*>(reserve(sizeof(FlacDecoder) + input_bytes + 2 * side_bytes));
  if (memory == nullptr) return false;
  decoder = new (memory) FlacDecoder;
  input = memory + sizeof(FlacDecoder);
  for (float*& side : sides) {
    const size_t place = static_cast<size_t>(&side - sides) * side_bytes;
    side = reinterpret_cast<float*>(input + input_bytes + place);
  }
  return true;
}

}  // namespace

uint8_t* sh_flac_input(int size) {
  return size >= 0 && static_cast<size_t>(size) <= input_bytes && prepared() ? input : nullptr;
}

int sh_flac_decode(int size) {
  if (sh_flac_input(size) == nullptr) return -1;
  if (!decoder->open(input, static_cast<size_t>(size)) || decoder->info().sample_rate != sample_rate) return -1;
  return static_cast<int>(decoder->decode(sides[0], sides[1], segment_frames));
}

int sh_flac_channels() {
  return decoder == nullptr ? 0 : decoder->info().channels;
}

float* sh_flac_output(int side) {
  return sides[side & 1];
}
