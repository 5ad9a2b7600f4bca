// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/base/error.hpp"

namespace soundhub::storage {

/// Whether the database or the blob store is away, full or refuses us. That says nothing about the work that met it:
/// the same will go well when the store is back, however long that takes.
inline bool is_outage(const Error& error) {
  return error.code == Errc::unavailable && (error.key.starts_with("storage.") || error.key.starts_with("blob."));
}

}  // namespace soundhub::storage
