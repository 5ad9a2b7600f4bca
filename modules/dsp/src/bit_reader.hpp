// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stddef.h>
#include <stdint.h>

/// What isn't inlined isn't compiled for the processor that its caller is compiled for.
#define SOUNDHUB_INLINE [[gnu::always_inline]] inline

namespace soundhub::dsp {

/// Reads bits, the highest first. Past the end it reads ones (so that no run of zeros is endless); ok() tells. Small
/// enough to live in registers.
class BitReader {
 public:
  BitReader(const uint8_t* begin, const uint8_t* end) noexcept : at_(begin), end_(end) {}

  /// No more was read than there was.
  bool ok() const noexcept { return missing_ <= count_; }
  /// Where the next bit lies, at a byte's boundary and while ok().
  const uint8_t* position() const noexcept { return at_ - (count_ - missing_) / 8; }
  void skip_to_byte() noexcept { drop(count_ & 7); }

  /// The next 0 to 32 bits.
  uint32_t read(unsigned bits) noexcept {
    refill();
    const auto value = static_cast<uint32_t>(cache_ >> 1 >> (63 - bits));
    drop(bits);
    return value;
  }
  /// The same as two's complement; at least 1 bit.
  int32_t read_signed(unsigned bits) noexcept { return static_cast<int32_t>(read(bits) << (32 - bits)) >> (32 - bits); }
  /// How many zeros come before the next one, which is read too; `most` if they are as many or more.
  uint32_t read_unary(uint32_t most) noexcept {
    uint32_t zeros = 0;
    for (refill(); (cache_ >> 8) == 0; refill()) {
      zeros += 56;
      drop(56);
      if (zeros >= most) return most;
    }
    const auto more = static_cast<unsigned>(__builtin_clzll(cache_));
    drop(more + 1);
    return zeros + more;
  }
  /// A number in Rice's code, its sign in the lowest bit: the quotient in unary, then `parameter` bits (at most 30).
  /// Cheaper after look_ahead().
  SOUNDHUB_INLINE int32_t read_rice(unsigned parameter) noexcept {
    const auto quotient = static_cast<unsigned>(__builtin_clzll(cache_ | 1));
    uint32_t folded = 0;
    if (quotient + 1 + parameter <= count_) [[likely]] {
      folded = quotient << parameter | static_cast<uint32_t>(cache_ << (quotient + 1) >> 1 >> (63 - parameter));
      drop(quotient + 1 + parameter);
    } else {
      uint32_t number = 0;
      *this = after_long_rice(*this, parameter, number);
      folded = number;
    }
    return static_cast<int32_t>(folded >> 1) ^ -static_cast<int32_t>(folded & 1);
  }
  /// Fetches what two usual numbers in Rice's code need.
  SOUNDHUB_INLINE void look_ahead() noexcept { refill(); }

 private:
  static constexpr uint32_t most_quotient = 1U << 24;

  [[gnu::noinline]] static BitReader after_long_rice(BitReader bits, unsigned parameter, uint32_t& number) noexcept {
    const uint32_t quotient = bits.read_unary(most_quotient);
    number = quotient << parameter | bits.read(parameter);
    return bits;
  }

  SOUNDHUB_INLINE void drop(unsigned bits) noexcept {
    cache_ <<= bits;
    count_ -= bits;
  }
  /// At least 56 bits afterwards. Bits of the cache beyond count_ are those that follow, so reading them again is
  /// right.
  SOUNDHUB_INLINE void refill() noexcept {
    if (end_ - at_ < 8) [[unlikely]] {
      *this = refilled_at_end(*this);
      return;
    }
    uint64_t next = 0;
    __builtin_memcpy(&next, at_, sizeof next);
    if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) next = __builtin_bswap64(next);
    cache_ |= next >> count_;
    at_ += (63 - count_) >> 3;
    count_ |= 56;
  }
  [[gnu::noinline]] static BitReader refilled_at_end(BitReader bits) noexcept {
    for (; bits.count_ < 56; bits.count_ += 8) {
      const bool there = bits.at_ != bits.end_;
      bits.cache_ |= static_cast<uint64_t>(there ? *bits.at_++ : uint8_t{0xFF}) << (56 - bits.count_);
      bits.missing_ += there ? 0 : 8;
    }
    return bits;
  }

  const uint8_t* at_;
  const uint8_t* end_;
  uint64_t cache_ = 0;    // the next bit on top
  unsigned count_ = 0;    // of bits in it; at most 63
  unsigned missing_ = 0;  // of bits that weren't there
};

}  // namespace soundhub::dsp
