// SPDX-License-Identifier: AGPL-3.0-or-later
#include "chunked.hpp"

#include <algorithm>
#include <cstring>

#include "text.hpp"

namespace soundhub::http {
namespace {

constexpr std::size_t most_skipped_bytes = 8 * 1024;
constexpr int most_digits = 15;

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace

bool ChunkDecoder::size_digit(char c) {
  const int value = hex_value(c);
  if (value < 0 || ++digits_ > most_digits) return false;
  left_ = left_ * 16 + static_cast<std::uint64_t>(value);
  state_ = State::size;
  return true;
}

bool ChunkDecoder::after_size(char c) {
  if (c == '\r') {
    state_ = State::size_lf;
    return true;
  }
  if (c == ';' || c == ' ' || c == '\t') {
    state_ = State::extension;
    return true;
  }
  return size_digit(c);
}

bool ChunkDecoder::skipped(char c, State at_cr) {
  if (c == '\r') {
    state_ = at_cr;
    return true;
  }
  const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\t';
  return !control && ++skipped_bytes_ <= most_skipped_bytes;
}

bool ChunkDecoder::step(char c) {
  const auto expect = [&](char wanted, State next) {
    state_ = next;
    return c == wanted;
  };
  switch (state_) {
    case State::size_first:
      left_ = 0;
      digits_ = 0;
      return size_digit(c);
    case State::size:
      return after_size(c);
    case State::extension:
      return skipped(c, State::size_lf);
    case State::size_lf:
      return expect('\n', left_ > 0 ? State::data : State::trailer_first);
    case State::data_cr:
      return expect('\r', State::data_lf);
    case State::data_lf:
      return expect('\n', State::size_first);
    case State::trailer_first:
      if (c == '\r') return expect('\r', State::last_lf);
      state_ = State::trailer;
      return skipped(c, State::trailer_lf);
    case State::trailer:
      return skipped(c, State::trailer_lf);
    case State::trailer_lf:
      return expect('\n', State::trailer_first);
    case State::last_lf:
      return expect('\n', State::done);
    case State::data:
    case State::done:
      break;
  }
  return false;
}

Result<ChunkDecoder::Step> ChunkDecoder::decode(std::string_view in, std::span<std::byte> out) {
  Step done_now;
  while (!done() && done_now.consumed < in.size()) {
    if (state_ != State::data) {
      if (!step(in[done_now.consumed++])) return fail(Errc::invalid, "http.body_broken", "chunk grammar");
      continue;
    }
    const auto room = std::min(in.size() - done_now.consumed, out.size() - done_now.produced);
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, room));
    if (count == 0) break;
    std::memcpy(out.data() + done_now.produced, in.data() + done_now.consumed, count);
    done_now.consumed += count;
    done_now.produced += count;
    left_ -= count;
    if (left_ == 0) state_ = State::data_cr;
  }
  return done_now;
}

}  // namespace soundhub::http
