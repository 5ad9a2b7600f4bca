// SPDX-License-Identifier: AGPL-3.0-or-later
// hold_connections ADDR:PORT COUNT PATH: opens that many connections, asks each for PATH, reads what comes first, says
// "held" and keeps them until the end of input.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <iostream>
#include <string>
#include <vector>

#include "soundhub/base/fd.hpp"

int main(int count, char** arguments) {
  if (count < 4) return 2;
  rlimit files{16'384, 16'384};
  ::setrlimit(RLIMIT_NOFILE, &files);
  const std::string address = arguments[1];
  const auto colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  const std::string request = "GET " + std::string{arguments[3]} + " HTTP/1.1\r\nHost: x\r\n\r\n";
  std::vector<soundhub::Fd> held;
  for (int i = 0; i < std::stoi(arguments[2]); ++i) {
    soundhub::Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    char reply[4096];
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return 1;
    if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return 1;
    if (::recv(socket.get(), reply, sizeof reply, 0) <= 0) return 1;
    held.push_back(std::move(socket));
  }
  std::cout << "held" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
  }
}
