// SPDX-License-Identifier: AGPL-3.0-or-later
#include "flac_crc.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace soundhub::media {
namespace {

constexpr auto crc_table = [] {
  std::array<std::uint16_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x8005 : crc << 1;
    table[i] = static_cast<std::uint16_t>(crc);
  }
  return table;
}();

std::uint32_t by_table(BytesView bytes) {
  std::uint32_t crc = 0;
  for (const auto b : bytes) crc = ((crc << 8) & 0xffff) ^ crc_table[(crc >> 8) ^ static_cast<std::uint32_t>(b)];
  return crc;
}

#if defined(__x86_64__)
/// x^power modulo the polynomial.
constexpr long long remainder_of(int power) {
  std::uint32_t value = 1;
  for (int i = 0; i < power; ++i) value = (value & 0x8000) != 0 ? (value << 1 & 0xffff) ^ 0x8005 : value << 1;
  return value;
}

/// Replaces the front of the message by 16 bytes with the same remainder, by multiplying without carries.
__attribute__((target("pclmul,ssse3"))) std::uint32_t by_multiplication(BytesView bytes) {
  const auto* at = reinterpret_cast<const __m128i*>(bytes.data());
  const auto turn = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const auto powers = _mm_set_epi64x(remainder_of(128 + 64), remainder_of(128));
  auto front = _mm_shuffle_epi8(_mm_loadu_si128(at), turn);
  for (bytes = bytes.subspan(16); bytes.size() >= 16; bytes = bytes.subspan(16)) {
    const auto next = _mm_shuffle_epi8(_mm_loadu_si128(++at), turn);
    const auto high = _mm_clmulepi64_si128(front, powers, 0x11);
    const auto low = _mm_clmulepi64_si128(front, powers, 0x00);
    front = _mm_xor_si128(_mm_xor_si128(high, low), next);
  }
  std::array<std::byte, 32> short_message{};
  _mm_storeu_si128(reinterpret_cast<__m128i*>(short_message.data()), _mm_shuffle_epi8(front, turn));
  std::memcpy(short_message.data() + 16, bytes.data(), bytes.size());
  return by_table(BytesView{short_message}.first(16 + bytes.size()));
}
#endif

}  // namespace

std::uint32_t flac_crc_16(BytesView bytes) {
#if defined(__x86_64__)
  if (bytes.size() >= 64 && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("ssse3"))
    return by_multiplication(bytes);
#endif
  return by_table(bytes);
}

}  // namespace soundhub::media
