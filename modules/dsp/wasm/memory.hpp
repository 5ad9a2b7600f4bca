// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stddef.h>

namespace soundhub::dsp {

inline constexpr size_t page_bytes = 65536;

/// Zeroed memory from the end of the linear memory, for good. Null: there is no more.
inline void* reserve(size_t bytes) noexcept {
  const size_t pages = (bytes + page_bytes - 1) / page_bytes;
  const size_t before = __builtin_wasm_memory_grow(0, pages);
  return before == static_cast<size_t>(-1) ? nullptr : reinterpret_cast<void*>(before * page_bytes);
}

}  // namespace soundhub::dsp
