// SPDX-License-Identifier: AGPL-3.0-or-later
#include <malloc.h>

#include <charconv>
#include <cstdio>
#include <new>
#include <string_view>

#include "image.hpp"
#include "ingest.hpp"
#include "libav.hpp"
#include "lock.hpp"
#include "render.hpp"
#include "selftest.hpp"
#include "soundhub/base/sha256.hpp"
#include "wire.hpp"

namespace soundhub::media {
namespace {

constexpr int input_fd = 3;

/// soundhub-media VERB MEMORY_BYTES CPU_SECONDS DURATION_SECONDS
struct Command {
  std::string_view verb;
  LockLimits limits;
  std::int64_t most_seconds{};
};

template <class T>
bool parse(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<Command> parse_command(std::span<char*> arguments) {
  if (arguments.size() != 5) return std::nullopt;
  Command out{.verb = arguments[1], .limits = {}, .most_seconds = 0};
  if (!parse(arguments[2], out.limits.memory_bytes) || !parse(arguments[3], out.limits.cpu_seconds) ||
      !parse(arguments[4], out.most_seconds))
    return std::nullopt;
  return out;
}

Result<void> run(const Command& command, Wire& wire) {
  if (command.verb == "ingest") {
    SH_TRY(auto report, ingest(input_fd, command.most_seconds, wire));
    return wire.send(report);
  }
  if (command.verb == "image") {
    SH_TRY(auto report, image(input_fd, wire));
    return wire.send(report);
  }
  if (command.verb == "render") {
    SH_TRY(auto report, render(command.most_seconds, wire));
    return wire.send(report);
  }
  return fail(Errc::internal, try_forbidden(command.verb) ? "media.not_locked" : "media.verb");
}

/// What must be done while files can still be opened: OpenSSL reads its configuration at its first hash.
void warm_up() {
  sha256({});
  av_log_set_level(AV_LOG_QUIET);
  // One heap: each further one reserves 64 MB of the address space that is rationed.
  ::mallopt(M_ARENA_MAX, 1);
  // Large buffers come and go in all sizes; each mapped by itself leaves no holes behind. Setting this also stops glibc
  // from raising it by itself, up to 32 MB.
  ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  // Blocks that threads hand each other would otherwise be given back to the system and fetched again all the time.
  ::mallopt(M_TRIM_THRESHOLD, 8 * 1024 * 1024);
}

int serve(const Command& command) {
  warm_up();
  if (const auto locked = lock_down(command.limits); !locked) {
    std::fprintf(stderr, "%s: %s\n", locked.error().key.c_str(), locked.error().detail.c_str());
    return 2;
  }
  Wire wire;
  Result<void> done;
  try {
    done = run(command, wire);
  } catch (const std::bad_alloc&) {
    done = fail(Errc::unavailable, "media.limit", "memory");
  }
  if (!done) done = wire.send(Failure{.key = done.error().key, .detail = done.error().detail});
  return done ? 0 : 1;
}

}  // namespace
}  // namespace soundhub::media

#ifdef SOUNDHUB_SANITIZED
// A locked process can't be traced, so a look for leaks at its exit would wait for ever.
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier): the sanitizer's name for it
  return "detect_leaks=0";
}
#endif

int main(int argc, char** argv) {
  const auto command = soundhub::media::parse_command({argv, static_cast<std::size_t>(argc)});
  if (!command) {
    std::fputs("soundhub-media is started by soundhub; it is of no use by hand.\n", stderr);
    return 2;
  }
  return soundhub::media::serve(*command);
}
