// SPDX-License-Identifier: AGPL-3.0-or-later
#include "postgres_signal.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>

namespace soundhub::storage {
namespace {

// While the server can't be reached.
constexpr std::chrono::milliseconds between_attempts{500};

}  // namespace

PostgresSignal::PostgresSignal(PostgresOptions options)
    : options_{std::move(options)}, interrupts_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {}

void PostgresSignal::interrupt() noexcept {
  const std::uint64_t one = 1;
  (void)!::write(interrupts_.get(), &one, sizeof one);
}

// What was committed before LISTEN began isn't told: the caller reads once more after it.
void PostgresSignal::wait(std::chrono::milliseconds at_most) {
  if (!link_) {
    listen();
    if (!link_) sleep(std::min(at_most, between_attempts));
    return;
  }
  if (sleep(at_most)) take_notifications();
}

void PostgresSignal::listen() {
  auto link = postgres::connect(options_);
  if (!link) return;
  const postgres::Answer answer{PQexec(link->get(), (std::string{"LISTEN "} + channel).c_str())};
  if (postgres::succeeded(answer.get())) link_ = std::move(*link);
}

/// Whether the server said something, or is gone.
bool PostgresSignal::sleep(std::chrono::milliseconds at_most) {
  std::array<pollfd, 2> looked{pollfd{interrupts_.get(), POLLIN, 0},
                               pollfd{link_ ? PQsocket(link_.get()) : -1, POLLIN, 0}};
  ::poll(looked.data(), looked.size(), static_cast<int>(at_most.count()));
  std::uint64_t count{};
  (void)!::read(interrupts_.get(), &count, sizeof count);
  return looked[1].revents != 0;
}

void PostgresSignal::take_notifications() {
  struct Free {
    void operator()(PGnotify* p) const { PQfreemem(p); }
  };
  const bool fine = PQconsumeInput(link_.get());
  while (std::unique_ptr<PGnotify, Free>{PQnotifies(link_.get())}) {
  }
  if (!fine || PQstatus(link_.get()) != CONNECTION_OK) link_.reset();
}

}  // namespace soundhub::storage
