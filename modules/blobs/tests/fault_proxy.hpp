// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "test_server.hpp"

namespace soundhub::blobs {

/// What goes wrong with one request.
struct Fault {
  enum class Kind {
    status,      ///< answered so, without the service hearing of it
    reset,       ///< the connection is reset before the service hears of it
    lost_reply,  ///< the service does it; the reply is lost by a reset
    cut,         ///< the reply's body ends after `at` bytes
    torn,        ///< …by a reset
    wrong_byte,  ///< the reply's body has another byte at `at`
    wrong_sent,  ///< the request's body has
    silent       ///< no reply, and the connection stays open
  } kind{};
  int status{0};
  std::string code;
  std::size_t at{0};
};

/// Between a store and its service. Faults wait in a line for each kind of request and happen once each.
class FaultProxy {
 public:
  explicit FaultProxy(int upstream_port);
  std::string url() const { return server_.url(); }
  /// `what`: a method, or "METHOD word" with a word of the query ("POST uploads").
  void next(const std::string& what, Fault fault, int times = 1);
  int requests(const std::string& method) const;
  int left() const;  ///< faults that haven't happened

 private:
  void serve(int fd, const RawRequest& request);
  std::optional<Fault> fault_for(const RawRequest& request);
  std::string forward(const RawRequest& request) const;

  int upstream_port_;
  mutable std::mutex mutex_;
  std::map<std::string, std::deque<Fault>> faults_;
  std::map<std::string, int> requests_;
  TestServer server_;
};

}  // namespace soundhub::blobs
