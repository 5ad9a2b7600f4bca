// SPDX-License-Identifier: AGPL-3.0-or-later
#include "body_window.hpp"

#include <algorithm>
#include <cstring>

namespace soundhub::http {

BodyWindow::BodyWindow(std::optional<std::uint64_t> declared, std::size_t capacity, TimePoint deadline,
                       std::function<void()> wake)
    : declared_{declared}, capacity_{capacity}, deadline_{deadline}, wake_{std::move(wake)} {}

std::span<std::byte> BodyWindow::room() {
  const std::lock_guard lock{mutex_};
  if (capacity_ == 0) return {};
  if (!ring_) ring_.reset(new std::byte[capacity_]);
  const auto end = (begin_ + size_) % capacity_;
  const auto count = std::min(capacity_ - size_, capacity_ - end);
  if (count == 0) starved_ = true;
  return {ring_.get() + end, count};
}

void BodyWindow::filled(std::size_t count) {
  const std::lock_guard lock{mutex_};
  size_ += count;
  changed_.notify_one();
}

void BodyWindow::finish() {
  const std::lock_guard lock{mutex_};
  ended_ = true;
  changed_.notify_one();
}

void BodyWindow::fail_with(Error error) {
  const std::lock_guard lock{mutex_};
  if (!error_ && !ended_) error_ = std::move(error);
  changed_.notify_one();
}

bool BodyWindow::wanted() const {
  const std::lock_guard lock{mutex_};
  return wanted_;
}

Result<std::size_t> BodyWindow::read(std::span<std::byte> out) {
  std::unique_lock lock{mutex_};
  if (!std::exchange(wanted_, true) && size_ == 0 && !ended_) wake_();
  const bool ready = changed_.wait_until(lock, deadline_, [&] { return size_ > 0 || ended_ || error_; });
  if (!ready) return fail(Errc::unavailable, "http.body_too_slow", "deadline");
  if (size_ == 0 && error_) return tl::unexpected(*error_);
  const auto count = std::min({out.size(), size_, capacity_ - begin_});
  if (count == 0) return std::size_t{0};
  // The writer never touches what is filled, so the copy needs no lock.
  const auto* from = ring_.get() + begin_;
  lock.unlock();
  std::memcpy(out.data(), from, count);
  lock.lock();
  begin_ = (begin_ + count) % capacity_;
  size_ -= count;
  if (starved_ && size_ <= capacity_ / 2) {
    starved_ = false;
    wake_();
  }
  return count;
}

}  // namespace soundhub::http
