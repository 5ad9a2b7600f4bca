// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "soundhub/base/fd.hpp"

namespace soundhub::blobs {

/// One request, read whole.
struct RawRequest {
  std::string method, target, head, body;  ///< head: up to and with its blank line
};

/// Reads up to and with the body by Content-Length (saying 100 Continue if asked to); false if the peer left.
bool read_request(int fd, RawRequest& request);
bool send_all(int fd, std::string_view bytes);

/// Answers on a free port of the loopback, one request a connection, a thread each.
class TestServer {
 public:
  using Serve = std::function<void(int fd, const RawRequest& request)>;
  explicit TestServer(Serve serve);
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();
  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void accept_all();
  Serve serve_;
  Fd listener_;
  int port_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::list<std::jthread> crew_;
  std::jthread acceptor_;
};

/// "HTTP/1.1 200 OK" with a body, and the connection closed after it.
std::string reply_of(int status, const std::string& body, const std::string& headers = {});

}  // namespace soundhub::blobs
