// SPDX-License-Identifier: AGPL-3.0-or-later
#include "body_intake.hpp"

#include <algorithm>
#include <cstring>

namespace soundhub::http {

BodyIntake::BodyIntake(Framing framing, std::uint64_t length, std::uint64_t limit, BodyWindow& window)
    : framing_{framing}, left_{framing == Framing::length ? length : 0}, limit_{limit}, window_{window} {
  if (framing == Framing::none) end();
}

void BodyIntake::end() {
  ended_ = true;
  window_.finish();
}

void BodyIntake::count(std::size_t bytes) {
  total_ += bytes;
  if (framing_ == Framing::length) left_ -= bytes;
  window_.filled(bytes);
}

std::size_t BodyIntake::take_chunked(std::string_view in) {
  std::size_t used = 0;
  while (!ended_ && !broken_ && used < in.size()) {
    const auto room = window_.room();
    if (room.empty()) break;
    const auto step = decoder_.decode(in.substr(used), room);
    if (!step || total_ + step->produced > limit_) {
      broken_ = true;
      window_.fail_with(step ? Error{Errc::too_large, "http.body_too_large", "chunked"} : step.error());
      break;
    }
    used += step->consumed;
    count(step->produced);
    if (decoder_.done()) end();
  }
  return used;
}

std::size_t BodyIntake::take(std::string_view in) {
  if (framing_ == Framing::chunked) return take_chunked(in);
  std::size_t used = 0;
  for (auto room = direct(); !room.empty() && used < in.size(); room = direct()) {
    const auto size = std::min(room.size(), in.size() - used);
    std::memcpy(room.data(), in.data() + used, size);
    used += size;
    received(size);
  }
  return used;
}

std::span<std::byte> BodyIntake::direct() {
  if (framing_ != Framing::length || ended_) return {};
  const auto room = window_.room();
  return room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), left_)));
}

void BodyIntake::received(std::size_t bytes) {
  count(bytes);
  if (left_ == 0) end();
}

void BodyIntake::give_up_slow() {
  broken_ = true;
  window_.fail_with({Errc::unavailable, "http.body_too_slow", "below the least rate"});
}

std::size_t BodyIntake::discard(std::size_t available) {
  const auto bytes = std::min<std::uint64_t>(available, left_);
  left_ -= bytes;
  if (left_ == 0) ended_ = true;
  return static_cast<std::size_t>(bytes);
}

}  // namespace soundhub::http
