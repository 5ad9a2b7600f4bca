// SPDX-License-Identifier: AGPL-3.0-or-later
#include <cstdio>
#include <cstdlib>
#include <new>

#include "host.hpp"

namespace {
thread_local int forbidden = 0;
}

void* operator new(std::size_t size) {
  if (forbidden > 0) {
    std::fputs("operator new while the engine was processing\n", stderr);
    std::abort();
  }
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace soundhub::dsp::test {
NoAllocation::NoAllocation() {
  ++forbidden;
}
NoAllocation::~NoAllocation() {
  --forbidden;
}
}  // namespace soundhub::dsp::test
