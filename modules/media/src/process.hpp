// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "soundhub/base/error.hpp"
#include "soundhub/base/fd.hpp"

namespace soundhub::media {

/// How a process ended.
struct Ending {
  bool killed{};  ///< by a signal
  int code{};     ///< the signal, or the exit status
};

/// A running child process and our ends of its pipes (non-blocking). Destroying it kills its whole group and reaps it.
class Process {
 public:
  /// `file`: becomes descriptor 3 if not negative; it stays the caller's.
  static Result<Process> start(const std::vector<std::string>& command, int file);

  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  int requests() const { return requests_.get(); }
  int messages() const { return messages_.get(); }
  int errors() const { return errors_.get(); }
  void kill() const;
  /// Reaps it, killing it first if it hasn't ended by itself within `patience`.
  Ending wait(std::chrono::milliseconds patience);

 private:
  Process(pid_t pid, Fd requests, Fd messages, Fd errors);

  pid_t pid_{-1};
  Fd requests_, messages_, errors_, exit_;
};

}  // namespace soundhub::media
