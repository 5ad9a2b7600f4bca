// SPDX-License-Identifier: AGPL-3.0-or-later
#include "settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace soundhub::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// The surroundings of a test: its own environment and files.
struct World {
  std::map<std::string, std::string> environment, files;

  Result<Settings> load(const std::map<std::string, std::string>& line = {}) const {
    return Settings::load(line, {.environment = environment, .read_file = [this](const std::string& path) {
                                   const auto found = files.find(path);
                                   return found == files.end()
                                              ? Result<std::string>{fail(Errc::invalid, "config", "can't read " + path)}
                                              : Result<std::string>{found->second};
                                 }});
  }
  std::string mistake(const std::map<std::string, std::string>& line = {}) const {
    const auto loaded = load(line);
    return loaded ? "" : loaded.error().detail;
  }
};

TEST(Settings, WhatNobodySetIsTheDefault) {
  const auto settings = World{}.load();
  ASSERT_TRUE(settings);
  EXPECT_EQ((*settings)["listen"], "127.0.0.1:8000");
  EXPECT_EQ(settings->source("listen"), "default");
  EXPECT_FALSE(settings->given("database"));
}

TEST(Settings, TheCommandLineWinsOverTheEnvironmentAndThatOverTheFile) {
  World world;
  world.files["hub.conf"] = "workers = 3\nlog-level = warn\nlisten = unix:/a\n";
  world.environment = {
      {"SOUNDHUB_CONFIG", "hub.conf"}, {"SOUNDHUB_LOG_LEVEL", "error"}, {"SOUNDHUB_LISTEN", "unix:/b"}};
  const auto settings = world.load({{"listen", "unix:/c"}});
  ASSERT_TRUE(settings) << settings.error().detail;
  EXPECT_EQ((*settings)["workers"], "3");
  EXPECT_EQ(settings->source("workers"), "hub.conf");
  EXPECT_EQ((*settings)["log-level"], "error");
  EXPECT_EQ(settings->source("log-level"), "environment");
  EXPECT_EQ((*settings)["listen"], "unix:/c");
}

TEST(Settings, ALineIsANameAndAValueAndTheRestIsCommentOrEmpty) {
  World world;
  world.files["hub.conf"] = "# the band's hub\n\n  data=/srv/band = house \r\nlisten =\n";
  const auto settings = world.load({{"config", "hub.conf"}});
  ASSERT_TRUE(settings) << settings.error().detail;
  EXPECT_EQ((*settings)["data"], "/srv/band = house");
  EXPECT_EQ((*settings)["listen"], "");
}

TEST(Settings, ATypoIsRefusedAndSaysWhereItStands) {
  World world;
  world.files["hub.conf"] = "databse = postgres://localhost/hub\n";
  EXPECT_THAT(world.mistake({{"config", "hub.conf"}}), AllOf(HasSubstr("hub.conf"), HasSubstr("databse")));
  world.environment = {{"SOUNDHUB_DATABSE", "x"}};
  EXPECT_THAT(world.mistake(), AllOf(HasSubstr("environment"), HasSubstr("databse")));
}

TEST(Settings, ALineWithoutAValueIsRefusedWithItsNumber) {
  World world;
  world.files["hub.conf"] = "workers = 2\n\nlisten\n";
  EXPECT_THAT(world.mistake({{"config", "hub.conf"}}), HasSubstr("line 3"));
}

TEST(Settings, AFileThatIsNotThereIsRefused) {
  EXPECT_THAT(World{}.mistake({{"config", "nowhere.conf"}}), HasSubstr("nowhere.conf"));
}

TEST(Settings, ASecretCanComeFromAFileWithoutItsLineBreak) {
  World world;
  world.files["/run/secrets/db"] = "s3cr3t\n";
  world.environment = {{"SOUNDHUB_DATABASE_PASSWORD_FILE", "/run/secrets/db"}};
  const auto settings = world.load();
  ASSERT_TRUE(settings) << settings.error().detail;
  EXPECT_EQ((*settings)["database-password"], "s3cr3t");
}

TEST(Settings, ASecretSetTwiceInOnePlaceIsRefusedAndNotRepeated) {
  World world;
  world.files["/s"] = "one";
  world.environment = {{"SOUNDHUB_DATABASE_PASSWORD_FILE", "/s"}, {"SOUNDHUB_DATABASE_PASSWORD", "two"}};
  EXPECT_THAT(world.mistake(), AllOf(HasSubstr("twice"), Not(HasSubstr("two"))));
}

TEST(Settings, OnlySecretsComeFromFiles) {
  World world;
  world.files["/x"] = "value";
  world.environment = {{"SOUNDHUB_LISTEN_FILE", "/x"}};
  EXPECT_THAT(world.mistake(), HasSubstr("listen-file"));
}

TEST(Settings, EverySettingButSecretsIsAnOptionOfServe) {
  const auto options = options_of(Scope::serving);
  for (const auto& setting : settings_table()) {
    SCOPED_TRACE(setting.name);
    EXPECT_EQ(std::ranges::count(options, setting.name, &Option::name), setting.secret ? 0 : 1);
  }
}

TEST(Settings, AWiderScopeHasTheOptionsOfTheNarrower) {
  EXPECT_THAT(options_of(Scope::none), ::testing::IsEmpty());
  const auto stores = options_of(Scope::stores), jobs = options_of(Scope::jobs);
  EXPECT_GT(jobs.size(), stores.size());
  for (const auto& option : stores) EXPECT_EQ(std::ranges::count(jobs, option.name, &Option::name), 1) << option.name;
}

TEST(Settings, TheProjectsOwnVariablesAreNotSettings) {
  World world;
  world.environment = {{"SOUNDHUB_BIN", "/x"}, {"SOUNDHUB_TEST_DATABASE", "postgres"}, {"PATH", "/bin"}};
  EXPECT_EQ(world.mistake(), "");
}

}  // namespace
}  // namespace soundhub::app
