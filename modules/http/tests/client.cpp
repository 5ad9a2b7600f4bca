// SPDX-License-Identifier: AGPL-3.0-or-later
#include "client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "text.hpp"

namespace soundhub::http::test {
namespace {

constexpr timeval patience{20, 0};

Fd connect_unix(const std::string& path, bool& connected) {
  Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path.c_str(), std::min(path.size() + 1, sizeof to.sun_path));
  connected = ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  return socket;
}

Fd connect_tcp(const std::string& address, bool& connected) {
  Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  connected = ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

}  // namespace

Client::Client(const std::string& address) {
  socket_ =
      address.starts_with("unix:") ? connect_unix(address.substr(5), connected_) : connect_tcp(address, connected_);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Client::more() {
  char buffer[65536];
  const auto count = ::recv(socket_.get(), buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  held_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

std::string Client::read_until(std::string_view text) {
  while (held_.find(text) == std::string::npos && more()) {
  }
  return std::exchange(held_, {});
}

Reply Client::read(bool head_request) {
  while (held_.find("\r\n\r\n") == std::string::npos)
    if (!more()) return {};
  Reply reply;
  const auto end = held_.find("\r\n\r\n");
  reply.status = std::stoi(held_.substr(9, 3));
  split(std::string_view{held_}.substr(0, end), '\n', [&](std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    std::string name{line.substr(0, colon)};
    for (auto& c : name) c = lower(c);
    const auto value = line.substr(colon + 1);
    reply.fields[name] = std::string{trim(value.substr(0, value.find('\r')))};
  });
  held_.erase(0, end + 4);
  const bool bodiless = head_request || reply.status == 204 || reply.status == 304 || reply.status < 200;
  const auto size = bodiless ? 0 : std::stoull("0" + reply.field("content-length"));
  while (held_.size() < size && more()) {
  }
  reply.body = held_.substr(0, size);
  held_.erase(0, size);
  return reply;
}

bool Client::closed_by_server() {
  for (;;) {
    char buffer[65536];
    const auto count = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    if (count == 0 || (count < 0 && errno == ECONNRESET)) return true;
    if (count < 0) return false;
  }
}

void Client::finish_sending() {
  ::shutdown(socket_.get(), SHUT_WR);
}

void Client::shrink_receive_buffer(int bytes) {
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

}  // namespace soundhub::http::test
