// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <memory>
#include <string>

#include "config.hpp"
#include "soundhub/blobs/observe.hpp"
#include "soundhub/blobs/store.hpp"
#include "soundhub/storage/database.hpp"

// Which class stands for which address: nobody else asks whether it is SQLite or PostgreSQL, a folder or S3.
namespace soundhub::app {

/// The configured ones, as the addresses that follow.
std::string database_place(const Config& config);
std::string blobs_place(const Config& config);

/// "sqlite:PATH" or "postgres://…"; invalid "config" for anything else. Doesn't migrate.
Result<std::unique_ptr<storage::Database>> open_database(const Config& config, const std::string& place,
                                                         storage::Hooks hooks = {});
/// "folder:PATH" or "s3://BUCKET/PREFIX" with the configured service and credentials.
Result<std::unique_ptr<blobs::BlobStore>> open_blobs(const Config& config, const std::string& place,
                                                     const blobs::Observe& observe = {});

/// not_found "config" for a file or folder that isn't there: opening it would make it.
Result<void> must_exist(const std::string& place);

/// Without the password.
std::string printable(const std::string& place);

}  // namespace soundhub::app
