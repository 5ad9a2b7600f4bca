// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "soundhub/base/fd.hpp"

namespace soundhub::http::test {

/// An answer as it came over the wire.
struct Reply {
  int status{};                               ///< 0: the connection ended before a whole head
  std::map<std::string, std::string> fields;  ///< names in lower case
  std::string body;
  std::string field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
  }
};

/// A raw socket to a server: sends exactly the given bytes.
class Client {
 public:
  explicit Client(const std::string& address);
  bool connected() const { return connected_; }
  bool send(std::string_view bytes);
  /// Reads one answer; `head_request`: it has no body whatever its Content-Length says.
  Reply read(bool head_request = false);
  Reply ask(std::string_view bytes) { return send(bytes) ? read() : Reply{}; }
  /// Reads until `text` has come or the connection ended; what came, with what was read ahead.
  std::string read_until(std::string_view text);
  /// Waits for the server to close; false if it didn't within the time (20 s: far beyond any deadline under test).
  bool closed_by_server();
  void finish_sending();
  void shrink_receive_buffer(int bytes);
  int descriptor() const { return socket_.get(); }

 private:
  bool more();
  Fd socket_;
  bool connected_{};
  std::string held_;
};

}  // namespace soundhub::http::test
