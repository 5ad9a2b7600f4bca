// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>

#include "soundhub/blobs/s3.hpp"

namespace soundhub::blobs {

/// A real S3 server that checks signatures (tests/support/swift), one for the whole process, begun when first asked
/// for and gone with it. Throws if it can't run here, and says why.
class SwiftServer {
 public:
  static const SwiftServer& running();
  /// A store of its own in the bucket, by a fresh prefix, impatient as a test is.
  S3Options options() const;

 private:
  SwiftServer();
  std::string endpoint_, region_, access_key_, secret_key_, bucket_;
};

}  // namespace soundhub::blobs
