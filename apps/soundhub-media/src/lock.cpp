// SPDX-License-Identifier: AGPL-3.0-or-later
#include "lock.hpp"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <array>
#include <memory>

namespace soundhub::media {
namespace {

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

constexpr std::array plain_calls{
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(munmap),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(mremap),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(getrandom),
    SCMP_SYS(sysinfo),  // glibc's qsort asks how much memory there is before it sorts a long array
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(tgkill),
};

#ifdef SOUNDHUB_SANITIZED
// What the sanitizers' runtimes do at the start of threads, for reports and at exit.
constexpr std::array sanitizer_calls{
    SCMP_SYS(nanosleep), SCMP_SYS(sigaltstack), SCMP_SYS(prctl),  SCMP_SYS(getrusage), SCMP_SYS(getrlimit),
    SCMP_SYS(prlimit64), SCMP_SYS(readlink),    SCMP_SYS(openat), SCMP_SYS(close),     SCMP_SYS(newfstatat),
    SCMP_SYS(getppid),   SCMP_SYS(wait4),       SCMP_SYS(ptrace), SCMP_SYS(clone),     SCMP_SYS(mmap),
    SCMP_SYS(mprotect),  SCMP_SYS(getdents64),  SCMP_SYS(pipe),   SCMP_SYS(pipe2),     SCMP_SYS(process_vm_readv),
};
#endif

Result<void> cap(__rlimit_resource resource, std::uint64_t value) {
  const rlimit limit{.rlim_cur = value, .rlim_max = value};
  if (::setrlimit(resource, &limit) != 0) return fail_errno("setrlimit");
  return {};
}

Result<void> cap_resources(const LockLimits& limits) {
#ifndef SOUNDHUB_SANITIZED
  SH_CHECK(cap(RLIMIT_AS, limits.memory_bytes));
  SH_CHECK(cap(RLIMIT_NOFILE, 4));
#endif
  const rlimit cpu{.rlim_cur = limits.cpu_seconds, .rlim_max = limits.cpu_seconds + 1};
  if (::setrlimit(RLIMIT_CPU, &cpu) != 0) return fail_errno("setrlimit RLIMIT_CPU");
  SH_CHECK(cap(RLIMIT_FSIZE, 0));
  return cap(RLIMIT_CORE, 0);
}

/// 0 or a negative errno, as libseccomp answers.
int allow_calls(scmp_filter_ctx filter) {
  for (const int call : plain_calls)
    if (const int bad = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0); bad != 0) return bad;
#ifdef SOUNDHUB_SANITIZED
  for (const int call : sanitizer_calls)
    if (const int bad = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0); bad != 0) return bad;
#endif
  return 0;
}

int allow_memory(scmp_filter_ctx filter) {
#ifdef SOUNDHUB_SANITIZED
  (void)filter;
  return 0;
#else
  // Anonymous and never executable.
  const int bad = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                                   SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
  if (bad != 0) return bad;
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
#endif
}

int allow_threads(scmp_filter_ctx filter) {
  // clone3 hides its flags from the filter; told that it doesn't exist, glibc falls back to clone.
  if (const int bad = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0); bad != 0) return bad;
#ifdef SOUNDHUB_SANITIZED
  return 0;
#else
  constexpr scmp_datum_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
#endif
}

Result<void> filter_calls() {
  const Filter filter{seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release};
  if (!filter) return fail(Errc::internal, "media.lock", "seccomp_init");
  int bad = allow_calls(filter.get());
  if (bad == 0) bad = allow_memory(filter.get());
  if (bad == 0) bad = allow_threads(filter.get());
  if (bad == 0) bad = seccomp_load(filter.get());
  if (bad != 0) return fail(Errc::internal, "media.lock", "seccomp " + std::to_string(-bad));
  return {};
}

}  // namespace

Result<void> lock_down(const LockLimits& limits) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return fail_errno("prctl PR_SET_PDEATHSIG");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno("prctl PR_SET_NO_NEW_PRIVS");
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return fail_errno("prctl PR_SET_DUMPABLE");
  SH_CHECK(cap_resources(limits));
  return filter_calls();
}

}  // namespace soundhub::media
