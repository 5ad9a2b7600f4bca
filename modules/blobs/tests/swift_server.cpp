// SPDX-License-Identifier: AGPL-3.0-or-later
#include "swift_server.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <atomic>
#include <boost/json/parse.hpp>
#include <stdexcept>

extern char** environ;

namespace soundhub::blobs {
namespace {

/// Starts the script with pipes at both ends and returns its first line. The script stops when its input ends, which
/// it does with this process, however that ends.
std::string first_line_of(const char* program) {
  int input[2], output[2];
  if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, output[1], 1);
  std::string name = program;
  char* arguments[] = {name.data(), nullptr};
  pid_t child = 0;
  if (::posix_spawn(&child, program, &actions, nullptr, arguments, environ) != 0)
    throw std::runtime_error("can't start " + name);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(input[0]);
  ::close(output[1]);
  std::string line;
  for (char c = 0; ::read(output[0], &c, 1) == 1 && c != '\n';) line += c;
  ::close(output[0]);
  return line;  // input[1] stays open for as long as we live
}

}  // namespace

SwiftServer::SwiftServer() {
  const auto line = first_line_of(SOUNDHUB_SWIFT);
  if (line.empty()) throw std::runtime_error("tests/support/swift didn't start; what it says is above");
  const auto said = boost::json::parse(line).as_object();
  const auto text = [&](const char* name) { return std::string{said.at(name).as_string()}; };
  endpoint_ = text("endpoint");
  region_ = text("region");
  access_key_ = text("access_key");
  secret_key_ = text("secret_key");
  bucket_ = text("bucket");
}

const SwiftServer& SwiftServer::running() {
  static const SwiftServer server;
  return server;
}

S3Options SwiftServer::options() const {
  static std::atomic<int> number{0};
  S3Options options;
  options.endpoint = endpoint_;
  options.region = region_;
  options.bucket = bucket_;
  options.prefix = "기타 a+b/" + std::to_string(++number);
  options.access_key = access_key_;
  options.secret_key = secret_key_;
  options.limits.first_pause = std::chrono::milliseconds{5};
  options.limits.longest_pause = std::chrono::milliseconds{50};
  return options;
}

}  // namespace soundhub::blobs
