// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/log.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "soundhub/base/log_context.hpp"

namespace soundhub {
namespace {

class FixedClock final : public Clock {
 public:
  Time now() const override { return from_millis(1'795'000'000'123); }
};

TEST(Clock, TimesAreWrittenAsRfc3339WithMilliseconds) {
  EXPECT_EQ(to_rfc3339(from_millis(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(from_millis(1'795'000'000'123)), "2026-11-18T11:06:40.123Z");
}

TEST(Log, ALineIsOneJsonObjectWithItsFields) {
  std::vector<std::string> lines;
  const FixedClock clock;
  const Log log{clock, LogLevel::info, [&](std::string_view line) { lines.emplace_back(line); }};
  log.debug("hidden");
  log.info("http.request", {{"status", 200}, {"path", "/a\"b\n"}, {"ok", true}, {"ms", 1.5}});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0],
            "{\"time\":\"2026-11-18T11:06:40.123Z\",\"level\":\"info\",\"event\":\"http.request\",\"status\":200,"
            "\"path\":\"/a\\\"b\\n\",\"ok\":true,\"ms\":1.5}\n");
}

TEST(Log, LinesNameTheRequestTheyAreFor) {
  std::string lines;
  const SystemClock clock;
  const Log log{clock, LogLevel::info, [&](std::string_view line) { lines = line; }};
  {
    const LogContext outer{"r1"};
    log.info("a");
    EXPECT_NE(lines.find(",\"request\":\"r1\"}"), std::string::npos);
    {
      const LogContext inner{"r2"};
      log.info("b");
      EXPECT_NE(lines.find(",\"request\":\"r2\"}"), std::string::npos);
    }
    log.info("c");
    EXPECT_NE(lines.find(",\"request\":\"r1\"}"), std::string::npos);
  }
  log.info("d");
  EXPECT_EQ(lines.find("request"), std::string::npos);
}

TEST(Log, BytesThatAreNotUtf8DontBreakTheLine) {
  std::string out;
  append_json_string(out, "\xff곡\xed\xa0\x80\x01");
  EXPECT_EQ(out, "\"\xEF\xBF\xBD곡\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\\u0001\"");
}

}  // namespace
}  // namespace soundhub
