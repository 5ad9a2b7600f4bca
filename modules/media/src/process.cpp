// SPDX-License-Identifier: AGPL-3.0-or-later
#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace soundhub::media {
namespace {

struct Pipe {
  Fd read, write;
};

// Above the child's own descriptors, so that no dup2 below overwrites one that is still to be copied.
constexpr int first_spare_fd = 10;

Result<Fd> moved_up(int fd) {
  Fd low{fd};
  Fd high{::fcntl(fd, F_DUPFD_CLOEXEC, first_spare_fd)};
  if (!high) return fail_errno("fcntl F_DUPFD_CLOEXEC");
  return high;
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("pipe2");
  auto read = moved_up(ends[0]);
  auto write = moved_up(ends[1]);
  if (!read) return tl::unexpected(read.error());
  if (!write) return tl::unexpected(write.error());
  // Fewer wake-ups; where the system refuses, the default size does.
  ::fcntl(write->get(), F_SETPIPE_SZ, 1 << 20);
  return Pipe{.read = std::move(*read), .write = std::move(*write)};
}

/// Our end is a socket, so that writing to a child that has gone is an error and not a SIGPIPE.
Result<Pipe> make_request_pipe() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return fail_errno("socketpair");
  auto read = moved_up(ends[0]);
  auto write = moved_up(ends[1]);
  if (!read) return tl::unexpected(read.error());
  if (!write) return tl::unexpected(write.error());
  return Pipe{.read = std::move(*read), .write = std::move(*write)};
}

Result<void> make_non_blocking(const Fd& fd) {
  if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) return fail_errno("fcntl O_NONBLOCK");
  return {};
}

class SpawnActions {
 public:
  SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  void copy(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void close_from(int fd) { ::posix_spawn_file_actions_addclosefrom_np(&actions_, fd); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// Own process group, no signal blocked or ignored.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none{};
    sigset_t all{};
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

Result<Process> Process::start(const std::vector<std::string>& command, int file) {
  SH_TRY(auto requests, make_request_pipe());
  SH_TRY(auto messages, make_pipe());
  SH_TRY(auto errors, make_pipe());
  SH_CHECK(make_non_blocking(requests.write));
  SH_CHECK(make_non_blocking(messages.read));
  SH_CHECK(make_non_blocking(errors.read));
  Fd input;
  if (file >= 0) {
    input.reset(::fcntl(file, F_DUPFD_CLOEXEC, first_spare_fd));
    if (!input) return fail_errno("fcntl F_DUPFD_CLOEXEC");
  }

  SpawnActions actions;
  actions.copy(requests.read.get(), 0);
  actions.copy(messages.write.get(), 1);
  actions.copy(errors.write.get(), 2);
  if (input) actions.copy(input.get(), 3);
  actions.close_from(input ? 4 : 3);

  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::array<char*, 1> environment{nullptr};
  const SpawnAttributes attributes;
  pid_t pid{};
  errno = ::posix_spawn(&pid, arguments[0], actions.get(), attributes.get(), arguments.data(), environment.data());
  if (errno != 0) return fail_errno("posix_spawn " + command.front());
  Process process{pid, std::move(requests.write), std::move(messages.read), std::move(errors.read)};
  // glibc 2.36 declares pidfd_open without extern "C".
  process.exit_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process.exit_) return fail_errno("pidfd_open");
  return process;
}

Process::Process(pid_t pid, Fd requests, Fd messages, Fd errors)
    : pid_{pid}, requests_{std::move(requests)}, messages_{std::move(messages)}, errors_{std::move(errors)} {}

Process::Process(Process&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)},
      requests_{std::move(other.requests_)},
      messages_{std::move(other.messages_)},
      errors_{std::move(other.errors_)},
      exit_{std::move(other.exit_)} {}

Process::~Process() {
  if (pid_ < 0) return;
  kill();
  wait(std::chrono::milliseconds{0});
}

void Process::kill() const {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

Ending Process::wait(std::chrono::milliseconds patience) {
  pollfd exited{.fd = exit_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&exited, 1, static_cast<int>(patience.count())) <= 0) kill();
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) return {.killed = true, .code = WTERMSIG(status)};
  return {.killed = false, .code = WEXITSTATUS(status)};
}

}  // namespace soundhub::media
