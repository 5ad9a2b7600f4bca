// SPDX-License-Identifier: AGPL-3.0-or-later
#include "flac_crc.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace soundhub::dsp {
namespace {

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

uint16_t by_table(const uint8_t* bytes, size_t size) noexcept {
  unsigned crc = 0;
  size_t i = 0;
  for (; i + 2 <= size; i += 2) {
    const unsigned both = crc ^ (static_cast<unsigned>(bytes[i]) << 8 | bytes[i + 1]);
    crc = crc16_of.table[1][both >> 8] ^ crc16_of.table[0][both & 0xFF];
  }
  if (i < size) crc = (crc << 8 & 0xFFFF) ^ crc16_of.table[0][crc >> 8 ^ bytes[i]];
  return static_cast<uint16_t>(crc);
}

#if defined(__x86_64__)
/// x^power modulo the polynomial.
constexpr long long remainder_of(int power) {
  int value = 1;
  for (int i = 0; i < power; ++i) value = (value & 0x8000) != 0 ? (value << 1 & 0xFFFF) ^ 0x8005 : value << 1;
  return value;
}

/// Replaces the front of the message by 16 bytes with the same remainder, by multiplying without carries.
__attribute__((target("pclmul,ssse3"))) uint16_t by_multiplication(const uint8_t* bytes, size_t size) noexcept {
  const __m128i turn = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m128i powers = _mm_set_epi64x(remainder_of(128 + 64), remainder_of(128));
  const auto load = [turn](const uint8_t* from) __attribute__((always_inline, target("pclmul,ssse3"))) {
    return _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)), turn);
  };
  __m128i front = load(bytes);
  for (bytes += 16, size -= 16; size >= 16; bytes += 16, size -= 16) {
    const __m128i high = _mm_clmulepi64_si128(front, powers, 0x11);
    const __m128i low = _mm_clmulepi64_si128(front, powers, 0x00);
    front = _mm_xor_si128(_mm_xor_si128(high, low), load(bytes));
  }
  uint8_t short_message[32] = {};
  _mm_storeu_si128(reinterpret_cast<__m128i*>(short_message), _mm_shuffle_epi8(front, turn));
  __builtin_memcpy(short_message + 16, bytes, size);
  return by_table(short_message, 16 + size);
}
#endif

}  // namespace

uint8_t flac_crc_8(const uint8_t* bytes, size_t size) noexcept {
  uint8_t crc = 0;
  for (size_t i = 0; i < size; ++i) crc = crc8_of.table[crc ^ bytes[i]];
  return crc;
}

uint16_t flac_crc_16(const uint8_t* bytes, size_t size) noexcept {
#if defined(__x86_64__)
  if (size >= 64 && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("ssse3"))
    return by_multiplication(bytes, size);
#endif
  return by_table(bytes, size);
}

}  // namespace soundhub::dsp
