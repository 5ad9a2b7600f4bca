// SPDX-License-Identifier: AGPL-3.0-or-later
#include "places.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "soundhub/blobs/folder.hpp"
#include "soundhub/blobs/s3.hpp"
#include "soundhub/http/message.hpp"

namespace soundhub::app {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:", folder_scheme = "folder:", s3_scheme = "s3://";

bool is_postgres(const std::string& place) {
  return place.starts_with("postgres://") || place.starts_with("postgresql://");
}

Result<void> make_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail(Errc::invalid, "data", "can't make the folder " + path.string() + ": " + error.message());
  ::chmod(path.c_str(), 0700);
  return {};
}

Result<std::unique_ptr<storage::Database>> open_sqlite(const std::filesystem::path& path, storage::Hooks hooks) {
  SH_CHECK(make_folder(path.parent_path()));
  return storage::Database::open_sqlite(path, {.hooks = std::move(hooks)});
}

Result<std::unique_ptr<storage::Database>> open_postgres(const DatabaseConfig& config, std::string url,
                                                         storage::Hooks hooks) {
  if (!config.password.empty()) {
    url += url.find('?') == std::string::npos ? '?' : '&';
    url += "password=" + http::percent_encode(config.password);
  }
  const int writers = std::max(1, config.connections * 2 / 5);
  return storage::Database::open_postgres({.url = std::move(url),
                                           .readers = std::max(1, config.connections - writers),
                                           .writers = writers,
                                           .hooks = std::move(hooks)});
}

blobs::S3Options s3_options(const BlobsConfig& config, std::string_view bucket_and_prefix) {
  const auto slash = std::min(bucket_and_prefix.find('/'), bucket_and_prefix.size());
  std::string prefix{bucket_and_prefix.substr(std::min(slash + 1, bucket_and_prefix.size()))};
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  blobs::S3Options out;
  out.endpoint = config.endpoint;
  out.public_endpoint = config.public_endpoint;
  out.region = config.region;
  out.bucket = bucket_and_prefix.substr(0, slash);
  out.prefix = std::move(prefix);
  out.path_style = config.path_style;
  out.access_key = config.access_key;
  out.secret_key = config.secret_key;
  out.credentials_file = config.credentials_file;
  out.profile = config.profile;
  out.encryption = config.encryption;
  out.kms_key_id = config.kms_key;
  out.ca_file = config.ca_file;
  return out;
}

}  // namespace

std::string database_place(const Config& config) {
  return config.database.url.empty() ? std::string{sqlite_scheme} + config.data + "/soundhub.db" : config.database.url;
}

std::string blobs_place(const Config& config) {
  return config.blobs.url.empty() ? std::string{folder_scheme} + config.data + "/blobs" : config.blobs.url;
}

Result<std::unique_ptr<storage::Database>> open_database(const Config& config, const std::string& place,
                                                         storage::Hooks hooks) {
  if (place.starts_with(sqlite_scheme)) return open_sqlite(place.substr(sqlite_scheme.size()), std::move(hooks));
  if (is_postgres(place)) return open_postgres(config.database, place, std::move(hooks));
  return fail(Errc::invalid, "config", "a database is sqlite:PATH or postgres://…, not " + place);
}

Result<std::unique_ptr<blobs::BlobStore>> open_blobs(const Config& config, const std::string& place,
                                                     const blobs::Observe& observe) {
  std::unique_ptr<blobs::BlobStore> store;
  if (place.starts_with(folder_scheme)) {
    const std::filesystem::path path{place.substr(folder_scheme.size())};
    SH_CHECK(make_folder(path));
    SH_TRY(store, blobs::open_folder(path));
  } else if (place.starts_with(s3_scheme)) {
    SH_TRY(store, blobs::open_s3(s3_options(config.blobs, std::string_view{place}.substr(s3_scheme.size()))));
  } else {
    return fail(Errc::invalid, "config", "a blob store is folder:PATH or s3://BUCKET/PREFIX, not " + place);
  }
  return observe ? blobs::observed(std::move(store), observe) : std::move(store);
}

Result<void> must_exist(const std::string& place) {
  for (const auto scheme : {sqlite_scheme, folder_scheme})
    if (place.starts_with(scheme) && !std::filesystem::exists(place.substr(scheme.size())))
      return fail(Errc::not_found, "config", place + " isn't there");
  return {};
}

std::string printable(const std::string& place) {
  std::string out = place;
  const auto at = out.find('@'), scheme = out.find("://");
  if (at != std::string::npos && scheme != std::string::npos) {
    const auto colon = out.find(':', scheme + 3);
    if (colon < at) out.replace(colon + 1, at - colon - 1, "…");
  }
  if (const auto word = out.find("password="); word != std::string::npos)
    out.replace(word + 9, std::min(out.find('&', word), out.size()) - word - 9, "…");
  return out;
}

}  // namespace soundhub::app
