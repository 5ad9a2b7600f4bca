// SPDX-License-Identifier: AGPL-3.0-or-later
#include "selftest.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace soundhub::media {

bool try_forbidden(std::string_view verb) {
  if (verb == "selftest-open") return ::open("/etc/passwd", O_RDONLY), true;
  if (verb == "selftest-socket") return ::socket(AF_INET, SOCK_STREAM, 0), true;
  if (verb == "selftest-exec") return ::execl("/bin/true", "true", nullptr), true;
  if (verb == "selftest-map")
    return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), true;
  if (verb == "selftest-fork") return ::syscall(SYS_fork), true;
  return false;
}

}  // namespace soundhub::media
