// SPDX-License-Identifier: AGPL-3.0-or-later
#include "config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace soundhub::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<Config> config(const std::map<std::string, std::string>& variables) {
  const auto settings = Settings::load({}, {.environment = variables, .read_file = nullptr});
  if (!settings) return tl::unexpected(settings.error());
  return config_of(*settings);
}

std::string mistake(const std::map<std::string, std::string>& variables) {
  const auto made = config(variables);
  return made ? "" : made.error().detail;
}

TEST(Config, ListsAreSplitAtCommas) {
  const auto made = config({{"SOUNDHUB_LISTEN", "127.0.0.1:80, unix:/run/hub ,"}});
  ASSERT_TRUE(made);
  EXPECT_THAT(made->listen, ElementsAre("127.0.0.1:80", "unix:/run/hub"));
}

TEST(Config, TheFolderIsAbsolute) {
  EXPECT_TRUE(config({{"SOUNDHUB_DATA", "here"}})->data.starts_with('/'));
}

TEST(Config, LinksAreBuiltOnAnAddressWithoutASlashAtItsEnd) {
  EXPECT_EQ(config({{"SOUNDHUB_PUBLIC_URL", "https://hub.example//"}})->public_url, "https://hub.example");
}

TEST(Config, AWrongValueNamesTheSettingItsSourceAndWhatIsMeant) {
  EXPECT_THAT(mistake({{"SOUNDHUB_WORKERS", "many"}}),
              AllOf(HasSubstr("workers"), HasSubstr("environment"), HasSubstr("1 to 64")));
  EXPECT_THAT(mistake({{"SOUNDHUB_WORKERS", "0"}}), HasSubstr("1 to 64"));
  EXPECT_THAT(mistake({{"SOUNDHUB_WORKER", "perhaps"}}), HasSubstr("no or yes"));
  EXPECT_THAT(mistake({{"SOUNDHUB_DATABASE", "mysql://x"}}), HasSubstr("postgres://"));
  EXPECT_THAT(mistake({{"SOUNDHUB_S3_ENCRYPTION", "rot13"}}), HasSubstr("AES256"));
  EXPECT_THAT(mistake({{"SOUNDHUB_LOG_LEVEL", "loud"}}), HasSubstr("log-level"));
}

TEST(Config, HalfOfACredentialIsRefused) {
  EXPECT_THAT(mistake({{"SOUNDHUB_S3_ACCESS_KEY", "AK"}}), HasSubstr("s3-secret-key"));
}

TEST(Config, LinksOfTheStoreNeedAStoreThatHasThem) {
  EXPECT_THAT(mistake({{"SOUNDHUB_MEDIA_DELIVERY", "redirect"}}), HasSubstr("media-delivery"));
}

TEST(Config, MailNeedsASenderAndAnAddressForItsLinks) {
  EXPECT_THAT(mistake({{"SOUNDHUB_SMTP", "smtp://mail"}}), HasSubstr("mail-from"));
  EXPECT_THAT(mistake({{"SOUNDHUB_SMTP", "smtp://mail"}, {"SOUNDHUB_MAIL_FROM", "a@b.example"}}),
              HasSubstr("public-url"));
}

}  // namespace
}  // namespace soundhub::app
