// SPDX-License-Identifier: AGPL-3.0-or-later
#include "test_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace soundhub::blobs {
namespace {

std::size_t length_of(const std::string& head) {
  std::string lower = head;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto at = lower.find("\r\ncontent-length:");
  return at == std::string::npos ? 0 : std::stoul(lower.substr(at + 17));
}

bool expects_continue(const std::string& head) {
  return head.find("Expect: 100-continue") != std::string::npos;
}

}  // namespace

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool read_request(int fd, RawRequest& request) {
  std::string got;
  std::size_t end = std::string::npos;
  char buffer[65536];
  while ((end = got.find("\r\n\r\n")) == std::string::npos) {
    const auto count = ::recv(fd, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    got.append(buffer, static_cast<std::size_t>(count));
  }
  request.head = got.substr(0, end + 4);
  request.body = got.substr(end + 4);
  const auto space = request.head.find(' ');
  request.method = request.head.substr(0, space);
  request.target = request.head.substr(space + 1, request.head.find(' ', space + 1) - space - 1);
  if (expects_continue(request.head)) send_all(fd, "HTTP/1.1 100 Continue\r\n\r\n");
  const auto length = length_of(request.head);
  while (request.body.size() < length) {
    const auto count = ::recv(fd, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    request.body.append(buffer, static_cast<std::size_t>(count));
  }
  return true;
}

TestServer::TestServer(Serve serve) : serve_{std::move(serve)} {
  listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.get(), 128) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no port for a test server");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread{[this] { accept_all(); }};
}

TestServer::~TestServer() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock{mutex_};
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  crew_.clear();
}

void TestServer::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    {
      const std::lock_guard lock{mutex_};
      open_.push_back(fd);
    }
    crew_.emplace_back([this, fd] {
      if (RawRequest request; read_request(fd, request)) serve_(fd, request);
      const std::lock_guard lock{mutex_};
      std::erase(open_, fd);
      ::close(fd);
    });
  }
}

std::string reply_of(int status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

}  // namespace soundhub::blobs
