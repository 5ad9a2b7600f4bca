// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "postgres_link.hpp"
#include "soundhub/base/fd.hpp"
#include "soundhub/storage/event_signal.hpp"

namespace soundhub::storage {

/// LISTENs on a connection of its own, made when somebody waits.
class PostgresSignal final : public EventSignal {
 public:
  explicit PostgresSignal(PostgresOptions options);
  void wait(std::chrono::milliseconds at_most) override;
  void rest() override { link_.reset(); }
  void interrupt() noexcept override;

  static constexpr const char* channel = "soundhub_outbox";

 private:
  void listen();
  void take_notifications();
  bool sleep(std::chrono::milliseconds at_most);

  const PostgresOptions options_;
  const Fd interrupts_;
  postgres::Link link_;
};

}  // namespace soundhub::storage
