// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace soundhub::dsp {

/// Reads bits, the highest first. Beyond the end there are zeros, and ok() is false from then on.
class BitReader {
 public:
  BitReader(const uint8_t* bytes, size_t size, size_t at) noexcept : bytes_(bytes), size_(size), at_(at) {}

  bool ok() const noexcept { return next_byte() <= size_; }
  /// Where the next byte begins, when all bits of the last one were read.
  size_t next_byte() const noexcept { return at_ - static_cast<size_t>(held_ >> 3); }
  void skip_to_byte() noexcept { drop(held_ & 7); }

  /// The next `count` bits, 0 ... 32.
  uint32_t read(int count) noexcept {
    if (count == 0) return 0;
    refill();
    const auto value = static_cast<uint32_t>(bits_ >> (64 - count));
    drop(count);
    return value;
  }
  int32_t read_signed(int count) noexcept {
    const int unused = 32 - count;
    return count == 0 ? 0 : static_cast<int32_t>(read(count) << unused) >> unused;
  }
  /// How many zeros before the next one, which is read too.
  uint32_t read_unary() noexcept {
    uint32_t zeros = 0;
    for (;;) {
      refill();
      const int run = bits_ == 0 ? 64 : __builtin_clzll(bits_);
      if (run < held_) {
        drop(run + 1);
        return zeros + static_cast<uint32_t>(run);
      }
      zeros += static_cast<uint32_t>(held_);
      drop(held_);
      if (!ok() || at_ >= size_) return over(zeros);
    }
  }
  /// A Rice code: the signed number whose lowest `parameter` bits come after a unary rest.
  int32_t read_rice(int parameter) noexcept {
    const uint32_t high = read_unary();
    const uint32_t folded = high << parameter | read(parameter);
    return static_cast<int32_t>(folded >> 1 ^ (0U - (folded & 1U)));
  }

 private:
  void drop(int count) noexcept {
    bits_ = count < 64 ? bits_ << count : 0;
    held_ -= count;
  }
  uint32_t over(uint32_t zeros) noexcept {
    at_ = size_ + 9;  // ok() is false whatever is still held
    return zeros;
  }
  /// Afterwards 56 bits or more are held. Below those that are held may already lie some of the next: the same bits
  /// that the next refill puts there.
  void refill() noexcept {
    if (held_ >= 56) return;
    if (at_ + 8 <= size_) {
      uint64_t word;
      __builtin_memcpy(&word, bytes_ + at_, sizeof word);
      bits_ |= __builtin_bswap64(word) >> held_;
      const int taken = (63 - held_) >> 3;
      at_ += static_cast<size_t>(taken);
      held_ += taken * 8;
      return;
    }
    for (; held_ < 56; held_ += 8, ++at_)
      if (at_ < size_) bits_ |= static_cast<uint64_t>(bytes_[at_]) << (56 - held_);
  }

  const uint8_t* bytes_;
  size_t size_;
  size_t at_;          // the next byte to be held
  uint64_t bits_ = 0;  // the next bit is the highest
  int held_ = 0;
};

}  // namespace soundhub::dsp
