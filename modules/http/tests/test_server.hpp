// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "client.hpp"
#include "soundhub/base/clock.hpp"
#include "soundhub/base/log.hpp"
#include "soundhub/base/random.hpp"
#include "soundhub/http/server.hpp"

namespace soundhub::http::test {

/// A real server on a free loopback port, with its log lines kept.
class ServerTest : public testing::Test {
 protected:
  void route(Method method, std::string pattern, Handler handler, Limits limits = {}) {
    router_.add({method, std::move(pattern), limits, std::move(handler)});
  }
  /// Handlers refer to what tests own, so the server goes first.
  void TearDown() override { server_.reset(); }
  void serve() {
    server_ = std::make_unique<Server>(options_, router_, log_, random_);
    const auto started = server_->start();
    ASSERT_TRUE(started.has_value()) << started.error().detail;
    address_ = server_->addresses().at(0);
  }
  Client client() const { return Client{address_}; }
  Reply ask(std::string_view bytes) const { return client().ask(bytes); }

  /// The log's lines so far that hold `text`.
  std::vector<std::string> lines_with(std::string_view text) {
    const std::lock_guard lock{log_mutex_};
    std::vector<std::string> out;
    for (const auto& line : lines_)
      if (line.find(text) != std::string::npos) out.push_back(line);
    return out;
  }

  ServerOptions options_{.listen = {"127.0.0.1:0"}, .loops = 2, .handlers = 4};
  Router router_;
  std::string address_;
  std::mutex log_mutex_;
  std::vector<std::string> lines_;
  SystemClock clock_;
  Log log_{clock_, LogLevel::info, [this](std::string_view line) {
             const std::lock_guard lock{log_mutex_};
             lines_.emplace_back(line);
           }};
  SystemRandom random_;
  std::unique_ptr<Server> server_;
};

inline std::string get(std::string_view path, std::string_view fields = {}) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: x\r\n" + std::string{fields} + "\r\n";
}

}  // namespace soundhub::http::test
