// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/flac.hpp"

#include "bit_reader.hpp"
#include "flac_crc.hpp"
#include "flac_subframe.hpp"

namespace soundhub::dsp {
namespace {

constexpr size_t info_bytes = 34;
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr bool checksums_count = false;  // or the fuzzer would never get behind one
#else
constexpr bool checksums_count = true;
#endif

struct FrameHead {
  int block = 0;
  int assignment = 0;  // channels - 1, or how the two were decorrelated
  int bits = 0;        // 0: as STREAMINFO says
};

enum Decorrelated { left_side = 8, side_right = 9, mid_side = 10 };

int block_of(uint32_t code, BitReader& in) noexcept {
  if (code == 1) return 192;
  if (code <= 5) return 576 << (code - 2);
  if (code == 6) return static_cast<int>(in.read(8)) + 1;
  if (code == 7) return static_cast<int>(in.read(16)) + 1;
  return 256 << (code - 8);
}

/// The number of the frame, coded like UTF-8; who plays whole files doesn't need it.
bool skip_number(BitReader& in) noexcept {
  const uint32_t first = in.read(8);
  if (first < 0x80) return true;
  const int length = __builtin_clz(~(first << 24));  // leading ones
  if (length < 2 || length > 7) return false;
  for (int i = 1; i < length; ++i)
    if (in.read(8) >> 6 != 2) return false;
  return true;
}

bool read_head(BitReader& in, const uint8_t* begin, FrameHead& head) noexcept {
  if (in.read(15) != 0x7FFC) return false;
  in.read(1);  // fixed or variable blocks
  const uint32_t block_code = in.read(4), rate_code = in.read(4);
  head.assignment = static_cast<int>(in.read(4));
  static constexpr int8_t bits_of[8] = {0, 8, 12, -1, 16, 20, 24, -1};
  head.bits = bits_of[in.read(3)];
  if (in.read(1) != 0 || block_code == 0 || rate_code == 15 || head.bits < 0 || !skip_number(in)) return false;
  head.block = block_of(block_code, in);
  if (rate_code >= 12) in.read(rate_code == 12 ? 8 : 16);
  if (!in.ok()) return false;
  const auto size = static_cast<size_t>(in.position() - begin);
  const uint32_t said = in.read(8);
  return in.ok() && (!checksums_count || flac_crc_8(begin, size) == said);
}

/// Calls make(a, b) for every pair; unsigned, as what damaged files hold may overflow.
template <typename Make>
SOUNDHUB_INLINE void each_pair(int32_t* a, int32_t* b, int block, Make make) noexcept {
  for (int i = 0; i < block; ++i) make(a[i], b[i], static_cast<uint32_t>(a[i]), static_cast<uint32_t>(b[i]));
}

/// Section 4.2: a and b become left and right.
void correlate(int32_t* a, int32_t* b, int block, int assignment) noexcept {
  if (assignment == left_side) {
    each_pair(a, b, block, [](int32_t&, int32_t& right, uint32_t left, uint32_t side) {
      right = static_cast<int32_t>(left - side);
    });
  } else if (assignment == side_right) {
    each_pair(a, b, block, [](int32_t& left, int32_t&, uint32_t side, uint32_t right) {
      left = static_cast<int32_t>(side + right);
    });
  } else {
    each_pair(a, b, block, [](int32_t& left, int32_t& right, uint32_t mid, uint32_t side) {
      const uint32_t twice_mid = mid << 1 | (side & 1);
      left = static_cast<int32_t>(twice_mid + side) >> 1;
      right = static_cast<int32_t>(twice_mid - side) >> 1;
    });
  }
}

}  // namespace

bool FlacDecoder::open(const uint8_t* bytes, size_t size) noexcept {
  info_ = FlacInfo{};
  end_ = bytes + size;
  frames_ = bytes;
  if (size < 4 || BitReader(bytes, end_).read(32) != 0x664C6143) return false;  // "fLaC"
  frames_ += 4;
  for (bool last = false, first = true; !last; first = false) {
    BitReader block(frames_, end_);
    last = block.read(1) != 0;
    const uint32_t type = block.read(7), length = block.read(24);
    if (!block.ok() || length > static_cast<size_t>(end_ - block.position()) || first != (type == 0)) return false;
    frames_ = block.position() + length;
    if (!first) continue;
    if (length != info_bytes) return false;
    for (int skipped = 0; skipped < 80; skipped += 16) block.read(16);  // smallest and largest blocks and frames
    info_.sample_rate = static_cast<int>(block.read(20));
    info_.channels = static_cast<int>(block.read(3)) + 1;
    info_.bits = static_cast<int>(block.read(5)) + 1;
    info_.frames = static_cast<int64_t>(block.read(4)) << 32;
    info_.frames |= block.read(32);
  }
  return info_.sample_rate > 0 && info_.channels <= 2 && info_.bits >= 4 && info_.bits <= 24;
}

int64_t FlacDecoder::decode(float* left, float* right, int64_t capacity) noexcept {
  int64_t done = 0;
  for (const uint8_t* at = frames_; at != end_;) {
    const int frames = decode_frame(at);
    if (frames <= 0 || frames > capacity - done) return -1;
    write(left + done, samples_[0], frames);
    if (info_.channels == 2) write(right + done, samples_[1], frames);
    done += frames;
  }
  return info_.frames > 0 && done != info_.frames ? -1 : done;
}

/// Into samples_. Returns its length, or -1; `at` then is behind it.
int FlacDecoder::decode_frame(const uint8_t*& at) noexcept {
  BitReader in(at, end_);
  FrameHead head;
  if (!read_head(in, at, head) || head.block > max_block_frames) return -1;
  const bool decorrelated = head.assignment >= left_side && head.assignment <= mid_side;
  if (head.assignment != info_.channels - 1 && !(decorrelated && info_.channels == 2)) return -1;
  if (head.bits != 0 && head.bits != info_.bits) return -1;
  for (int c = 0; c < info_.channels; ++c) {
    const bool is_side = decorrelated && (head.assignment == side_right) == (c == 0);
    const auto bits = static_cast<unsigned>(info_.bits + static_cast<int>(is_side));
    if (!read_subframe(in, samples_[c], head.block, bits)) return -1;
  }
  if (decorrelated) correlate(samples_[0], samples_[1], head.block, head.assignment);
  in.skip_to_byte();
  if (!in.ok()) return -1;
  const auto size = static_cast<size_t>(in.position() - at);
  const uint32_t said = in.read(16);
  if (!in.ok() || (checksums_count && flac_crc_16(at, size) != said)) return -1;
  at = in.position();
  return head.block;
}

void FlacDecoder::write(float* to, const int32_t* from, int frames) const noexcept {
  const float unit = 1.0F / static_cast<float>(1 << (info_.bits - 1));
  for (int i = 0; i < frames; ++i) to[i] = static_cast<float>(from[i]) * unit;
}

}  // namespace soundhub::dsp
