// SPDX-License-Identifier: AGPL-3.0-or-later
#include <stddef.h>

// What the compiler calls and no libc is there to give. no_builtin: or the loops would become calls of themselves.
extern "C" {

__attribute__((no_builtin("memset"))) void* memset(void* to, int value, size_t count) {
  auto* byte = static_cast<unsigned char*>(to);
  while (count-- > 0) *byte++ = static_cast<unsigned char>(value);
  return to;
}

__attribute__((no_builtin("memcpy"))) void* memcpy(void* to, const void* from, size_t count) {
  auto* out = static_cast<unsigned char*>(to);
  const auto* in = static_cast<const unsigned char*>(from);
  while (count-- > 0) *out++ = *in++;
  return to;
}

__attribute__((no_builtin("memmove", "memcpy"))) void* memmove(void* to, const void* from, size_t count) {
  auto* out = static_cast<unsigned char*>(to);
  const auto* in = static_cast<const unsigned char*>(from);
  if (out < in) {
    while (count-- > 0) *out++ = *in++;
  } else {
    while (count-- > 0) out[count] = in[count];
  }
  return to;
}
}
