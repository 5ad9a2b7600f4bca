// SPDX-License-Identifier: AGPL-3.0-or-later
#include "wire.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace soundhub::media {
namespace {

constexpr std::size_t write_bytes = std::size_t{1} << 16;
constexpr std::size_t read_bytes = std::size_t{1} << 16;
constexpr std::chrono::milliseconds between_progress{250};

Result<void> write_all(BytesView bytes) {
  while (!bytes.empty()) {
    const auto put = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail_errno("write");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

Result<void> Wire::send(const ChildMessage& message) {
  const std::scoped_lock lock{mutex_};
  frame_.clear();
  put_message(frame_, message);
  return write_all(frame_);
}

Result<void> Wire::write(Output output, BytesView bytes) {
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), write_bytes));
    SH_CHECK(send(WriteOutput{.output = output, .bytes = part}));
    bytes = bytes.subspan(part.size());
  }
  return {};
}

Result<void> Wire::send_output(Output output, BytesView bytes) {
  SH_CHECK(send(BeginOutput{output}));
  SH_CHECK(write(output, bytes));
  return send(EndOutput{output});
}

Result<void> Wire::progress(double fraction) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_progress_ < between_progress) return {};
  last_progress_ = now;
  return send(Progress{std::clamp(fraction, 0.0, 1.0)});
}

Result<ParentMessage> Wire::receive() {
  for (;;) {
    SH_TRY(const auto frame, frames_.next());
    if (frame) return parse_parent_message(*frame);
    received_.resize(read_bytes);
    const auto got = ::read(STDIN_FILENO, received_.data(), received_.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno("read");
    if (got == 0) return fail(Errc::internal, "media.protocol", "the parent has gone");
    frames_.append(BytesView{received_}.first(static_cast<std::size_t>(got)));
  }
}

}  // namespace soundhub::media
