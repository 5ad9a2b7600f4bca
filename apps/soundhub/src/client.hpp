// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>
#include <memory>
#include <string>

#include "soundhub/base/error.hpp"

namespace soundhub::app {

/// A program that uses the public API, as one musician. Not thread-safe.
class Client {
 public:
  explicit Client(std::string server);  ///< "http://127.0.0.1:8000"
  ~Client();
  Client(Client&&) noexcept;

  /// conflict and the like come back as the server's key; unavailable "client.unreachable".
  Result<boost::json::value> get(const std::string& path);
  Result<boost::json::value> post(const std::string& path, const boost::json::value& body);
  /// A file by multipart/form-data; the upload's id.
  Result<std::string> upload(const std::string& file);

  /// Signs up, or logs in if the account is there.
  Result<void> enter(const std::string& email, const std::string& nickname, const std::string& password);

 private:
  struct Handle;
  Result<boost::json::value> call(const std::string& method, const std::string& path, const std::string* body);
  std::string server_, token_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace soundhub::app
