// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "wire.hpp"

namespace soundhub::media {

/// Reads the audio file on descriptor `fd` once and sends segments, peaks, preview; returns the report to send last.
/// Errors: those of AudioInput, "take.too_long".
Result<IngestReport> ingest(int fd, std::int64_t most_seconds, Wire& wire);

}  // namespace soundhub::media
