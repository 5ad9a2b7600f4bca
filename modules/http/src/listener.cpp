// SPDX-License-Identifier: AGPL-3.0-or-later
#include "listener.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <memory>

namespace soundhub::http {
namespace {

constexpr int backlog = 4096;

auto no_listening(const std::string& address, std::string_view why) {
  return fail(Errc::invalid, "http.listen", fmt::format("{}: {}", address, why));
}

Result<Listening> bind_and_listen(const std::string& address, int family, const sockaddr* to, socklen_t size) {
  Listening out{Fd{::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)}, address};
  const int on = 1;
  if (out.socket && family != AF_UNIX) ::setsockopt(out.socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!out.socket || ::bind(out.socket.get(), to, size) != 0 || ::listen(out.socket.get(), backlog) != 0)
    return no_listening(address, std::strerror(errno));
  return out;
}

Result<Listening> listen_unix(const std::string& address) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  const auto path = address.substr(5);
  if (path.empty() || path.size() >= sizeof to.sun_path) return no_listening(address, "path length");
  std::memcpy(to.sun_path, path.c_str(), path.size() + 1);
  ::unlink(path.c_str());
  return bind_and_listen(address, AF_UNIX, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

std::string host_of(const sockaddr_storage& from, bool brackets) {
  std::string text(INET6_ADDRSTRLEN, '\0');
  const bool six = from.ss_family == AF_INET6;
  const void* bytes = six ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(from).sin6_addr)
                          : static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(from).sin_addr);
  if (!::inet_ntop(from.ss_family, bytes, text.data(), static_cast<socklen_t>(text.size()))) return {};
  text.resize(std::strlen(text.c_str()));
  constexpr std::string_view mapped = "::ffff:";
  if (six && text.starts_with(mapped) && text.find('.') != std::string::npos) return text.substr(mapped.size());
  return six && brackets ? "[" + text + "]" : text;
}

std::string bound_address(int socket) {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size);
  const auto port = at.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(at).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(at).sin_port;
  return fmt::format("{}:{}", host_of(at, true), ntohs(port));
}

}  // namespace

Result<Listening> listen_on(const std::string& address) {
  if (address.starts_with("unix:")) return listen_unix(address);
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) return no_listening(address, "no port");
  auto host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found{};
  const int error =
      ::getaddrinfo(host.empty() || host == "*" ? nullptr : host.c_str(), address.c_str() + colon + 1, &hints, &found);
  if (error != 0) return no_listening(address, ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list{found, ::freeaddrinfo};
  SH_TRY(auto out, bind_and_listen(address, list->ai_family, list->ai_addr, list->ai_addrlen));
  out.address = bound_address(out.socket.get());
  return out;
}

Accepted accept_from(int listening) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  Accepted out{Fd{::accept4(listening, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)}, {}};
  if (!out.socket) return out;
  if (from.ss_family != AF_INET && from.ss_family != AF_INET6) {
    out.peer = "unix";
    return out;
  }
  const int on = 1;
  ::setsockopt(out.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  out.peer = host_of(from, false);
  return out;
}

}  // namespace soundhub::http
