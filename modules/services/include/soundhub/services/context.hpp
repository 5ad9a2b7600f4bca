// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/base/clock.hpp"
#include "soundhub/base/log.hpp"
#include "soundhub/base/random.hpp"

namespace soundhub::storage {
class Database;
}
namespace soundhub::blobs {
class BlobStore;
}
namespace soundhub::media {
class MediaWorker;
}

namespace soundhub::services {

/// What every use case stands on. All of it is thread-safe and outlives the services.
struct Context {
  storage::Database& db;
  blobs::BlobStore& blobs;
  const Clock& clock;
  Random& random;
  const Log& log;
  bool sends_mail{};  ///< there is a mail server: what should be told by mail is queued
};

}  // namespace soundhub::services
