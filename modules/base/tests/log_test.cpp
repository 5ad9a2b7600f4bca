// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/log.hpp"

#include <gtest/gtest.h>

#include <vector>

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

TEST(Log, BytesThatAreNotUtf8DontBreakTheLine) {
  std::string out;
  append_json_string(out, "\xff곡\xed\xa0\x80\x01");
  EXPECT_EQ(out, "\"\xEF\xBF\xBD곡\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\\u0001\"");
}

}  // namespace
}  // namespace soundhub
