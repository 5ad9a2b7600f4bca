// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <functional>
#include <string>

#include "soundhub/base/byte_io.hpp"
#include "soundhub/domain/uploads.hpp"
#include "soundhub/services/context.hpp"

namespace soundhub::storage {
class ReadTx;
}

namespace soundhub::services {

/// Files on their way in. What append() acknowledged is stored for good. Thread-safe.
class Uploads {
 public:
  struct Limits {
    std::int64_t file_bytes{1LL << 30};  ///< one file
    std::int64_t held_bytes{4LL << 30};  ///< all of a user's that no part names yet
    std::int64_t held_files{50};
    std::int64_t account_bytes{20LL << 30};  ///< all of a user's, those that are parts of songs too
    std::int64_t commit_bytes{16LL << 20};   ///< a long append is made durable at least this often
    std::chrono::hours lifetime{24};
  };
  Uploads(const Context& context, Limits limits);
  const Limits& limits() const { return limits_; }

  /// too_large "upload.too_large" or "upload.space_used_up", too_many "upload.too_many".
  Result<uploads::Upload> begin(UserId owner, std::int64_t size_bytes, const std::string& file_name);
  /// not_found "upload.not_found": also for other people's.
  Result<uploads::Upload> get(UserId owner, const std::string& id);

  /// Gives up to out.size() bytes, 0 at the end.
  using Pull = std::function<Result<std::size_t>(std::span<std::byte> out)>;
  /// The next bytes, from `offset` on. Whatever came before a broken connection is kept. conflict
  /// "upload.offset_wrong", too_large "upload.too_long" (more than was announced; what fits is kept).
  Result<uploads::Upload> append(UserId owner, const std::string& id, std::int64_t offset, const Pull& pull);
  Result<void> remove(UserId owner, const std::string& id);

  /// A file that comes in one piece: write, then commit.
  class Whole {
   public:
    virtual ~Whole() = default;
    virtual Result<void> write(BytesView bytes) = 0;
    virtual Result<uploads::Upload> commit() = 0;
  };
  Result<std::unique_ptr<Whole>> begin_whole(UserId owner, const std::string& file_name);

  /// A complete upload of this user with its blob named (joined from its chunks if a crash prevented that), for
  /// whoever puts it to use. conflict "upload.incomplete".
  Result<uploads::Upload> complete(UserId owner, const std::string& id);

 private:
  class WholeFile;
  Result<void> check_quota(storage::ReadTx& tx, UserId owner, std::int64_t size_bytes);
  Result<std::int64_t> store_chunk(const std::string& id, std::int64_t offset, std::int64_t most, const Pull& pull,
                                   bool& ended);
  Result<uploads::Upload> join(const uploads::Upload& upload);
  Context context_;
  Limits limits_;
};

}  // namespace soundhub::services
