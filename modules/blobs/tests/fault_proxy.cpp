// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fault_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

namespace soundhub::blobs {
namespace {

void reset(int fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

std::string without(std::string head, std::string_view field) {
  const auto at = head.find(std::string{"\r\n"} + std::string{field});
  if (at == std::string::npos) return head;
  return head.erase(at, head.find("\r\n", at + 2) - at);
}

std::string refusal(const Fault& fault) {
  return reply_of(fault.status, "<?xml version=\"1.0\"?><Error><Code>" + fault.code + "</Code></Error>",
                  "Content-Type: application/xml\r\n");
}

}  // namespace

FaultProxy::FaultProxy(int upstream_port)
    : upstream_port_{upstream_port}, server_{[this](int fd, const RawRequest& request) { serve(fd, request); }} {}

void FaultProxy::next(const std::string& what, Fault fault, int times) {
  const std::lock_guard lock{mutex_};
  faults_[what].insert(faults_[what].end(), static_cast<std::size_t>(times), fault);
}

int FaultProxy::requests(const std::string& method) const {
  const std::lock_guard lock{mutex_};
  const auto found = requests_.find(method);
  return found == requests_.end() ? 0 : found->second;
}

int FaultProxy::left() const {
  const std::lock_guard lock{mutex_};
  std::size_t count = 0;
  for (const auto& [what, line] : faults_) count += line.size();
  return static_cast<int>(count);
}

std::optional<Fault> FaultProxy::fault_for(const RawRequest& request) {
  const std::lock_guard lock{mutex_};
  ++requests_[request.method];
  for (auto& [what, line] : faults_) {
    const auto space = what.find(' ');
    const bool ours = what.substr(0, space) == request.method &&
                      (space == std::string::npos || request.target.find(what.substr(space + 1)) != std::string::npos);
    if (!ours || line.empty()) continue;
    auto fault = line.front();
    line.pop_front();
    return fault;
  }
  return std::nullopt;
}

std::string FaultProxy::forward(const RawRequest& request) const {
  const Fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(upstream_port_));
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
  auto head = without(request.head, "Expect:");
  head.insert(head.size() - 2, "Connection: close\r\n");
  std::string reply;
  if (!send_all(fd.get(), head + request.body)) return reply;
  char buffer[65536];
  for (ssize_t got; (got = ::recv(fd.get(), buffer, sizeof buffer, 0)) > 0;)
    reply.append(buffer, static_cast<std::size_t>(got));
  return reply;
}

void FaultProxy::serve(int fd, const RawRequest& request) {
  const auto fault = fault_for(request);
  if (!fault) {
    send_all(fd, forward(request));
    return;
  }
  using enum Fault::Kind;
  if (fault->kind == status) {
    send_all(fd, refusal(*fault));
    return;
  }
  if (fault->kind == reset) return blobs::reset(fd);
  if (fault->kind == silent) {
    char ignored = 0;
    ::recv(fd, &ignored, 1, 0);
    return;
  }
  auto sent = request;
  if (fault->kind == wrong_sent) sent.body.at(fault->at) ^= 1;
  auto reply = forward(sent);
  const auto body = reply.find("\r\n\r\n") + 4;
  if (fault->kind == lost_reply) return blobs::reset(fd);
  if (fault->kind == wrong_byte) reply.at(body + fault->at) ^= 1;
  if (fault->kind == cut || fault->kind == torn) reply.resize(std::min(reply.size(), body + fault->at));
  send_all(fd, reply);
  if (fault->kind == torn) blobs::reset(fd);
}

}  // namespace soundhub::blobs
