// SPDX-License-Identifier: AGPL-3.0-or-later
// A server with nothing behind it, for bench/http: bench_server FILE prints its address and serves until end of input.
#include <fcntl.h>
#include <sys/stat.h>

#include <iostream>
#include <mutex>
#include <string>
#include <vector>

#include "soundhub/base/fd.hpp"
#include "soundhub/http/server.hpp"

using namespace soundhub;

namespace {

class File final : public ByteSource {
 public:
  explicit File(const char* path) : fd_{::open(path, O_RDONLY | O_CLOEXEC)} {
    struct stat facts {};
    ::fstat(fd_.get(), &facts);
    size_ = static_cast<std::uint64_t>(facts.st_size);
  }
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    const auto count = ::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (count < 0) return fail_errno("pread");
    return static_cast<std::size_t>(count);
  }
  std::optional<int> descriptor() const override { return fd_.get(); }

 private:
  Fd fd_;
  std::uint64_t size_{};
};

http::Response count_body(http::Request& request) {
  std::vector<std::byte> piece(256 * 1024);
  std::uint64_t total = 0;
  for (;;) {
    const auto count = request.body->read(piece);
    if (!count) return http::problem(400, count.error().key);
    if (*count == 0) return http::json(200, std::to_string(total));
    total += *count;
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const char* path = arguments[1];
  const auto log = Log::silent();
  SystemRandom random;
  std::mutex mutex;
  std::vector<std::shared_ptr<http::EventSender>> senders;
  http::Router router;
  router.add({http::Method::get, "/ping", {}, [](http::Request&) { return http::json(200, R"({"ok":true})"); }});
  router.add({http::Method::get, "/file", {}, [path](http::Request&) {
                return http::Response{200, {{"Content-Type", "audio/flac"}}, std::make_unique<File>(path)};
              }});
  router.add({http::Method::post, "/up", {.body_bytes = 1ull << 32}, count_body});
  router.add({http::Method::get, "/events", {}, [&](http::Request&) {
                return http::Response{200, {}, http::EventBody{[&](std::shared_ptr<http::EventSender> sender) {
                                        const std::lock_guard lock{mutex};
                                        senders.push_back(std::move(sender));
                                      }}};
              }});
  http::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.connections_per_address = 5'000;
  http::Server server{options, router, log, random};
  if (!server.start()) return 1;
  std::cout << server.addresses().front() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
  }
  server.stop(std::chrono::seconds{1});
}
