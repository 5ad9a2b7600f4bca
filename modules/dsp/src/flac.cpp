// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/flac.hpp"

#include "bit_reader.hpp"

namespace soundhub::dsp {
namespace {

constexpr int max_order = 32;
constexpr int escape_bits = 5;
constexpr size_t info_bytes = 34;
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr bool checksums_count = false;  // or the fuzzer would never get behind one
#else
constexpr bool checksums_count = true;
#endif

struct Crc8 {
  uint8_t table[256] = {};
  constexpr Crc8() {
    for (int i = 0; i < 256; ++i) {
      int crc = i;
      for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x80) != 0 ? (crc << 1) ^ 0x07 : crc << 1;
      table[i] = static_cast<uint8_t>(crc);
    }
  }
};

/// Two bytes a step: [1] is what a byte does with another after it.
struct Crc16 {
  uint16_t table[2][256] = {};
  constexpr Crc16() {
    for (int i = 0; i < 256; ++i) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x8005 : crc << 1;
      table[0][i] = static_cast<uint16_t>(crc);
    }
    for (int i = 0; i < 256; ++i) table[1][i] = static_cast<uint16_t>((table[0][i] << 8) ^ table[0][table[0][i] >> 8]);
  }
};

constexpr Crc8 crc8_of;
constexpr Crc16 crc16_of;

uint8_t crc8(const uint8_t* bytes, size_t size) noexcept {
  uint8_t crc = 0;
  for (size_t i = 0; i < size; ++i) crc = crc8_of.table[crc ^ bytes[i]];
  return crc;
}

uint16_t crc16(const uint8_t* bytes, size_t size) noexcept {
  unsigned crc = 0;
  size_t i = 0;
  for (; i + 2 <= size; i += 2) {
    const unsigned both = crc ^ (static_cast<unsigned>(bytes[i]) << 8 | bytes[i + 1]);
    crc = crc16_of.table[1][both >> 8] ^ crc16_of.table[0][both & 0xFF];
  }
  if (i < size) crc = (crc << 8 & 0xFFFF) ^ crc16_of.table[0][crc >> 8 ^ bytes[i]];
  return static_cast<uint16_t>(crc);
}

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

bool read_head(BitReader& in, const uint8_t* bytes, size_t begin, FrameHead& head) noexcept {
  if (in.read(15) != 0x7FFC) return false;
  in.read(1);  // fixed or variable blocks
  const uint32_t block_code = in.read(4), rate_code = in.read(4);
  head.assignment = static_cast<int>(in.read(4));
  static constexpr int8_t bits_of[8] = {0, 8, 12, -1, 16, 20, 24, -1};
  head.bits = bits_of[in.read(3)];
  if (in.read(1) != 0 || block_code == 0 || rate_code == 15 || head.bits < 0 || !skip_number(in)) return false;
  head.block = block_of(block_code, in);
  if (rate_code >= 12) in.read(rate_code == 12 ? 8 : 16);
  const size_t end = in.next_byte();
  const uint32_t said = in.read(8);
  return in.ok() && (!checksums_count || crc8(bytes + begin, end - begin) == said);
}

bool read_partition(BitReader& in, int32_t* to, int count, int parameter_bits) noexcept {
  const auto parameter = static_cast<int>(in.read(parameter_bits));
  if (parameter == (1 << parameter_bits) - 1) {
    const auto raw_bits = static_cast<int>(in.read(escape_bits));
    for (int i = 0; i < count; ++i) to[i] = in.read_signed(raw_bits);
  } else {
    for (int i = 0; i < count; ++i) to[i] = in.read_rice(parameter);
  }
  return in.ok();
}

bool read_residual(BitReader& in, int32_t* samples, int order, int block) noexcept {
  const uint32_t method = in.read(2);
  const auto partitions = 1 << in.read(4);
  const int partition = block / partitions;
  if (method > 1 || partition * partitions != block || partition < order) return false;
  int at = order;
  for (int p = 1; p <= partitions; ++p) {
    if (!read_partition(in, samples + at, p * partition - at, method == 0 ? 4 : 5)) return false;
    at = p * partition;
  }
  return true;
}

void read_warm_up(BitReader& in, int32_t* samples, int order, int bits) noexcept {
  for (int i = 0; i < order; ++i) samples[i] = in.read_signed(bits);
}

/// Adds to each residual what the samples before it predict. `taps`: the nearest sample's first.
void predict(int32_t* samples, int block, const int32_t* taps, int order, int shift) noexcept {
  for (int i = order; i < block; ++i) {
    int64_t sum = 0;
    for (int t = 0; t < order; ++t) sum += static_cast<int64_t>(taps[t]) * samples[i - 1 - t];
    samples[i] = static_cast<int32_t>(samples[i] + (sum >> shift));
  }
}

bool read_fixed(BitReader& in, int32_t* samples, int block, int bits, int order) noexcept {
  static constexpr int32_t taps[5][4] = {{}, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}};
  if (order > block) return false;
  read_warm_up(in, samples, order, bits);
  if (!read_residual(in, samples, order, block)) return false;
  predict(samples, block, taps[order], order, 0);
  return true;
}

bool read_linear(BitReader& in, int32_t* samples, int block, int bits, int order) noexcept {
  if (order > block) return false;
  read_warm_up(in, samples, order, bits);
  const auto precision = static_cast<int>(in.read(4)) + 1;
  const int shift = in.read_signed(5);
  if (precision == 16 || shift < 0) return false;
  int32_t taps[max_order] = {};
  for (int t = 0; t < order; ++t) taps[t] = in.read_signed(precision);
  if (!read_residual(in, samples, order, block)) return false;
  predict(samples, block, taps, order, shift);
  return true;
}

bool read_plain(BitReader& in, int32_t* samples, int block, int bits, bool constant) noexcept {
  if (!constant) {
    read_warm_up(in, samples, block, bits);
  } else {
    const int32_t value = in.read_signed(bits);
    for (int i = 0; i < block; ++i) samples[i] = value;
  }
  return in.ok();
}

bool read_samples(BitReader& in, int32_t* samples, int block, int bits, uint32_t type) noexcept {
  if (type <= 1) return read_plain(in, samples, block, bits, type == 0);
  if (type >= 8 && type <= 12) return read_fixed(in, samples, block, bits, static_cast<int>(type) - 8);
  if (type >= 32) return read_linear(in, samples, block, bits, static_cast<int>(type) - 31);
  return false;
}

bool read_subframe(BitReader& in, int32_t* samples, int block, int bits) noexcept {
  if (in.read(1) != 0) return false;
  const uint32_t type = in.read(6);
  const uint32_t wasted = in.read(1) == 0 ? 0 : in.read_unary() + 1;
  if (wasted >= static_cast<uint32_t>(bits)) return false;
  if (!read_samples(in, samples, block, bits - static_cast<int>(wasted), type)) return false;
  if (wasted > 0)
    for (int i = 0; i < block; ++i) samples[i] = static_cast<int32_t>(static_cast<uint32_t>(samples[i]) << wasted);
  return true;
}

/// a and b become left and right.
void correlate(int32_t* a, int32_t* b, int block, int assignment) noexcept {
  for (int i = 0; i < block; ++i) {
    const int64_t first = a[i], second = b[i];
    if (assignment == left_side) {
      b[i] = static_cast<int32_t>(first - second);
    } else if (assignment == side_right) {
      a[i] = static_cast<int32_t>(first + second);
    } else {
      const int64_t twice_mid = first * 2 + (second & 1);
      a[i] = static_cast<int32_t>((twice_mid + second) >> 1);
      b[i] = static_cast<int32_t>((twice_mid - second) >> 1);
    }
  }
}

}  // namespace

bool FlacDecoder::open(const uint8_t* bytes, size_t size) noexcept {
  info_ = FlacInfo{};
  bytes_ = bytes;
  size_ = size;
  first_frame_ = 4;
  BitReader in(bytes, size, 0);
  if (in.read(32) != 0x664C6143) return false;  // "fLaC"
  for (bool last = false, first = true; !last; first = false) {
    BitReader block(bytes, size, first_frame_);
    last = block.read(1) != 0;
    const uint32_t type = block.read(7), length = block.read(24);
    first_frame_ += 4 + length;
    if (first_frame_ > size || first != (type == 0)) return false;
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
  for (size_t at = first_frame_; info_.frames > 0 ? done < info_.frames : at < size_;) {
    const int frames = decode_frame(at);
    if (frames <= 0 || frames > capacity - done) return -1;
    write(left + done, samples_[0], frames);
    if (info_.channels == 2) write(right + done, samples_[1], frames);
    done += frames;
  }
  return info_.frames > 0 && done != info_.frames ? -1 : done;
}

/// Into samples_. Returns its length, or -1; `at` then is behind it.
int FlacDecoder::decode_frame(size_t& at) noexcept {
  BitReader in(bytes_, size_, at);
  FrameHead head;
  if (!read_head(in, bytes_, at, head) || head.block > max_block_frames) return -1;
  const bool decorrelated = head.assignment >= left_side && head.assignment <= mid_side;
  if (head.assignment != info_.channels - 1 && !(decorrelated && info_.channels == 2)) return -1;
  if (head.bits != 0 && head.bits != info_.bits) return -1;
  for (int c = 0; c < info_.channels; ++c) {
    const bool is_side = decorrelated && (head.assignment == side_right) == (c == 0);
    if (!read_subframe(in, samples_[c], head.block, info_.bits + static_cast<int>(is_side))) return -1;
  }
  if (decorrelated) correlate(samples_[0], samples_[1], head.block, head.assignment);
  in.skip_to_byte();
  const size_t end = in.next_byte();
  const uint32_t said = in.read(16);
  if (!in.ok() || (checksums_count && crc16(bytes_ + at, end - at) != said)) return -1;
  at = in.next_byte();
  return head.block;
}

void FlacDecoder::write(float* to, const int32_t* from, int frames) const noexcept {
  const float unit = 1.0F / static_cast<float>(1 << (info_.bits - 1));
  for (int i = 0; i < frames; ++i) to[i] = static_cast<float>(from[i]) * unit;
}

}  // namespace soundhub::dsp
