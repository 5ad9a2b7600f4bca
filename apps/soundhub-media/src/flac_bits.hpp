// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>

#include "soundhub/base/bytes.hpp"

/// What isn't inlined isn't compiled for the processor that its caller is compiled for.
#define SOUNDHUB_INLINE [[gnu::always_inline]] inline

namespace soundhub::media {

/// Reads bits, most significant first. Past the end it reads ones (so that no run of zeros is endless); overrun()
/// tells. Small enough to live in registers.
class FlacBits {
 public:
  explicit FlacBits(BytesView bytes) : at_{bytes.data()}, end_{bytes.data() + bytes.size()} {}

  /// 0 to 32 bits.
  std::uint32_t take(unsigned count) {
    refill();
    const auto value = static_cast<std::uint32_t>(cache_ >> 1 >> (63 - count));
    drop(count);
    return value;
  }
  /// The same as two's complement; at least 1 bit.
  std::int32_t take_signed(unsigned count) {
    return static_cast<std::int32_t>(take(count) << (32 - count)) >> (32 - count);
  }
  /// How many zeros come before the next one, which is taken too; `most` if they are as many or more.
  std::uint32_t take_unary(std::uint32_t most) {
    std::uint32_t zeros = 0;
    for (refill(); (cache_ >> 8) == 0; refill()) {
      zeros += 56;
      drop(56);
      if (zeros >= most) return most;
    }
    const auto more = static_cast<unsigned>(std::countl_zero(cache_));
    drop(more + 1);
    return zeros + more;
  }
  /// A number in Rice's code, its sign in the lowest bit: the quotient in unary, then `parameter` bits (at most 30).
  /// Cheaper after look_ahead().
  SOUNDHUB_INLINE std::int32_t take_rice(unsigned parameter) {
    const auto quotient = static_cast<unsigned>(std::countl_zero(cache_ | 1));
    std::uint32_t folded = 0;
    if (quotient + 1 + parameter <= count_) [[likely]] {
      folded = quotient << parameter | static_cast<std::uint32_t>(cache_ << (quotient + 1) >> 1 >> (63 - parameter));
      drop(quotient + 1 + parameter);
    } else {
      std::uint32_t number = 0;
      *this = after_long_rice(*this, parameter, number);
      folded = number;
    }
    return static_cast<std::int32_t>(folded >> 1) ^ -static_cast<std::int32_t>(folded & 1);
  }
  /// Fetches what two usual numbers in Rice's code need.
  SOUNDHUB_INLINE void look_ahead() { refill(); }

  void to_byte_boundary() { drop(count_ & 7); }
  /// More was read than there was.
  bool overrun() const { return missing_ > count_; }
  /// Where the next bit lies; meaningful at a byte's boundary.
  const std::byte* position() const { return at_ - (count_ - missing_) / 8; }

 private:
  static constexpr std::uint32_t most_quotient = 1U << 24;

  [[gnu::noinline]] static FlacBits after_long_rice(FlacBits bits, unsigned parameter, std::uint32_t& number) {
    const auto quotient = bits.take_unary(most_quotient);
    number = quotient << parameter | bits.take(parameter);
    return bits;
  }

  SOUNDHUB_INLINE void drop(unsigned count) {
    cache_ <<= count;
    count_ -= count;
  }
  /// At least 56 bits afterwards. Bits of the cache beyond count_ are those that follow, so reading them again is
  /// right.
  SOUNDHUB_INLINE void refill() {
    if (end_ - at_ < 8) [[unlikely]] {
      *this = refilled_at_end(*this);
      return;
    }
    std::uint64_t next = 0;
    std::memcpy(&next, at_, sizeof next);
    if constexpr (std::endian::native == std::endian::little) next = __builtin_bswap64(next);
    cache_ |= next >> count_;
    at_ += (63 - count_) >> 3;
    count_ |= 56;
  }
  [[gnu::noinline]] static FlacBits refilled_at_end(FlacBits bits) {
    for (; bits.count_ < 56; bits.count_ += 8) {
      const bool there = bits.at_ != bits.end_;
      bits.cache_ |= std::uint64_t{there ? static_cast<std::uint8_t>(*bits.at_++) : 0xffU} << (56 - bits.count_);
      bits.missing_ += there ? 0 : 8;
    }
    return bits;
  }

  const std::byte* at_;
  const std::byte* end_;
  std::uint64_t cache_{};  ///< the next bit on top
  unsigned count_{};       ///< of bits in it; at most 63
  unsigned missing_{};     ///< of bits that weren't there
};

}  // namespace soundhub::media
