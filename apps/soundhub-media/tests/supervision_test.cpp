// SPDX-License-Identifier: AGPL-3.0-or-later
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <functional>
#include <thread>

#include "process.hpp"
#include "support.hpp"

namespace soundhub::media::test {
namespace {

using namespace std::chrono_literals;

/// Calls back at the first progress and at the first output.
class Watching final : public OutputSink {
 public:
  explicit Watching(std::function<Result<void>()> at_first_output) : at_first_output_{std::move(at_first_output)} {}
  Result<void> begin(Output) override {
    return std::exchange(at_first_output_, [] { return Result<void>{}; })();
  }
  Result<void> write(Output, BytesView) override { return {}; }
  Result<void> end(Output) override { return {}; }
  Result<void> progress(double) override { return {}; }

 private:
  std::function<Result<void>()> at_first_output_;
};

std::vector<pid_t> children() {
  std::ifstream list{"/proc/self/task/" + std::to_string(::gettid()) + "/children"};
  std::vector<pid_t> out;
  for (pid_t pid = 0; list >> pid;) out.push_back(pid);
  return out;
}

/// Every test here ends with no child left, not even a zombie.
class Supervision : public testing::Test {
 protected:
  void SetUp() override { files_.write_wav("long.wav", noise(2 * 48'000 * 20), 2, 48'000); }
  void TearDown() override {
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
  }
  Result<IngestReport> ingest_long(OutputSink& sink, Limits limits = {}, std::stop_token stop = {}) {
    return media_child(limits).ingest(files_.open("long.wav").get(), sink, std::move(stop));
  }
  /// A program that isn't soundhub-media.
  Result<IngestReport> ingest_by(const std::string& script, Limits limits = {}, std::stop_token stop = {}) {
    files_.write("fake", "#!/bin/sh\n" + script + "\n");
    files_.run("chmod +x fake");
    const auto log = Log::silent();
    MediaChild child{files_.path("fake"), limits, log};
    Outputs outputs;
    return child.ingest(files_.open("long.wav").get(), outputs, std::move(stop));
  }
  Files files_;
};

TEST_F(Supervision, AChildKilledInItsWorkHasCrashed) {
  Watching sink{[] {
    for (const auto pid : children()) ::kill(pid, SIGKILL);
    return Result<void>{};
  }};
  const auto report = ingest_long(sink);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().key, "media.crashed");
  EXPECT_EQ(report.error().code, Errc::unavailable);
}

TEST_F(Supervision, AStoppedCallComesBackAtOnce) {
  std::stop_source stop;
  Watching sink{[&] {
    stop.request_stop();
    return Result<void>{};
  }};
  const auto report = ingest_long(sink, {}, stop.get_token());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().key, "media.stopped");
}

TEST_F(Supervision, AStopWakesACallThatWaitsForASilentChild) {
  std::stop_source stop;
  const std::jthread stopper{[&] { stop.request_stop(); }};
  const auto report = ingest_by("exec sleep 300", {}, stop.get_token());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().key, "media.stopped");
}

TEST_F(Supervision, AHungChildTimesOutAndItsGrandchildrenGoToo) {
  Limits limits;
  limits.wall = 300ms;
  const auto report = ingest_by("sleep 300 & echo $! >" + files_.path("pid") + "; wait", limits);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().key, "media.timeout");
}

TEST_F(Supervision, AChildThatClosesItsPipesAndLingersIsEnded) {
  const auto report = ingest_by("exec >&- 2>&- sleep 300");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().key, "media.crashed");
}

TEST_F(Supervision, AnErrorOfTheCallersSinkIsHandedOn) {
  Watching sink{[]() -> Result<void> { return fail(Errc::internal, "blob.full"); }};
  const auto report = ingest_long(sink);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().key, "blob.full");
}

TEST_F(Supervision, WhatAChildPrintedOnStandardErrorIsInTheDetailOnly) {
  const auto report = ingest_by("echo 'it hurts here' >&2; exit 7");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().key, "media.crashed");
  EXPECT_THAT(report.error().detail,
              testing::AllOf(testing::HasSubstr("exit status 7"), testing::HasSubstr("it hurts here")));
}

TEST_F(Supervision, AChildThatTalksNonsenseHasCrashed) {
  for (const auto* script : {"head -c 4096 /dev/zero", "yes", "printf '\\002\\000\\000\\000\\001\\000'",
                             "printf '\\006\\000\\000\\000\\002\\000\\000\\000\\000\\000'"}) {
    const auto report = ingest_by(script);
    ASSERT_FALSE(report) << script;
    EXPECT_EQ(report.error().key, "media.crashed") << script;
  }
}

TEST_F(Supervision, AMissingProgramIsAnError) {
  const auto log = Log::silent();
  MediaChild child{"/nonexistent/soundhub-media", {}, log};
  Outputs outputs;
  const auto report = child.ingest(files_.open("long.wav").get(), outputs, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::internal);
}

TEST_F(Supervision, TooMuchOutputAndTooMuchCpuAreLimits) {
  Limits little_output;
  little_output.output_bytes = 100'000;
  Outputs outputs;
  const auto large = ingest_long(outputs, little_output);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().key, "media.limit");
  const auto busy = ingest_by("ulimit -S -t 1; while :; do :; done");
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().key, "media.limit");
}

TEST_F(Supervision, TheChildSeesNoEnvironmentAndNoOtherDescriptor) {
  ::setenv("SOUNDHUB_SECRET", "hunter2", 1);
  const auto secret = files_.open("long.wav");
  Fd inherited{::dup(secret.get())};  // without FD_CLOEXEC
  const auto report = ingest_by("env >&2; ls /proc/self/fd >&2; exit 1");
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().detail, testing::Not(testing::HasSubstr("hunter2")));
  // ls itself holds one more for the folder it lists.
  EXPECT_THAT(report.error().detail, testing::HasSubstr("0\n1\n2\n3\n4\n"));
  EXPECT_THAT(report.error().detail, testing::Not(testing::HasSubstr("\n5\n")));
}

TEST_F(Supervision, ProgressNeverFallsAndReachesTheEnd) {
  Outputs outputs;
  ASSERT_TRUE(ingest_long(outputs));
  ASSERT_FALSE(outputs.fractions().empty());
  EXPECT_TRUE(std::is_sorted(outputs.fractions().begin(), outputs.fractions().end()));
  EXPECT_LE(outputs.fractions().back(), 1);
}

#ifndef SOUNDHUB_SANITIZED
TEST(Lock, WhatItForbidsKillsTheChild) {
  for (const auto* verb : {"selftest-open", "selftest-socket", "selftest-exec", "selftest-map", "selftest-fork"}) {
    auto process = Process::start({SOUNDHUB_MEDIA_PROGRAM, verb, "1073741824", "10", "1"}, -1);
    ASSERT_TRUE(process) << process.error().detail;
    const auto ending = process->wait(30s);
    EXPECT_TRUE(ending.killed) << verb;
    EXPECT_EQ(ending.code, SIGSYS) << verb;
  }
}

TEST(Lock, AChildThatCantLockItselfReadsNothing) {
  const Files files;
  files.write_wav("a.wav", noise(2 * 48'000), 2, 48'000);
  Limits limits;
  limits.memory_bytes = std::uint64_t{1} << 20;  // less than is mapped already: the filter can't be made
  Outputs outputs;
  const auto report = ingest(files, "a.wav", outputs, limits);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::unavailable);
  EXPECT_THAT(report.error().detail, testing::HasSubstr("media.lock"));
  EXPECT_EQ(outputs.count(OutputKind::segment), 0U);
}
#endif

}  // namespace
}  // namespace soundhub::media::test
