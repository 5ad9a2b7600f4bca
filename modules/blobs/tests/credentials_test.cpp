// SPDX-License-Identifier: AGPL-3.0-or-later
#include "credentials.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "temp_folder.hpp"
#include "test_server.hpp"

namespace soundhub::blobs {
namespace {

using Variables = std::map<std::string, std::string>;

S3Options with(Variables variables) {
  S3Options options;
  variables.try_emplace("HOME", "/nowhere");
  variables.try_emplace("AWS_EC2_METADATA_DISABLED", "true");
  options.environment = [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
  return options;
}

const Time now = SystemClock{}.now();

std::string role_json(const std::string& id, Time ends) {
  return R"({"Code":"Success","AccessKeyId":")" + id + R"(","SecretAccessKey":"s","Token":"t","Expiration":")" +
         to_rfc3339(ends) + "\"}";
}

TEST(CredentialsTest, TheSettingsGoBeforeTheEnvironment) {
  auto options = with({{"AWS_ACCESS_KEY_ID", "env"}, {"AWS_SECRET_ACCESS_KEY", "s"}});
  EXPECT_EQ(Credentials{options}.get(now)->access_key, "env");
  options.access_key = "set";
  options.secret_key = "s";
  EXPECT_EQ(Credentials{options}.get(now)->access_key, "set");
}

TEST(CredentialsTest, TheProfileOfTheFileIsRead) {
  constexpr auto text =
      "# mine\n[default]\naws_access_key_id = one\naws_secret_access_key=a/b+c=\n\n"
      "[other]\r\naws_access_key_id=two\r\naws_secret_access_key = s\r\naws_session_token = t\r\n";
  EXPECT_EQ(keys_of_profile(text, "default")->secret_key, "a/b+c=");
  EXPECT_EQ(keys_of_profile(text, "other")->access_key, "two");
  EXPECT_EQ(keys_of_profile(text, "other")->session_token, "t");
  EXPECT_FALSE(keys_of_profile(text, "nobody"));
  EXPECT_FALSE(keys_of_profile("[default]\naws_access_key_id = one\n", "default"));
  EXPECT_FALSE(keys_of_profile("[", "default"));
}

TEST(CredentialsTest, AFileThatIsNamedMustHaveKeys) {
  TempFolder folder;
  auto options = with({});
  options.credentials_file = folder.path() / "keys";
  EXPECT_EQ(Credentials{options}.get(now).error().key, "blob.no_credentials");
  std::ofstream{folder.path() / "keys"} << "[default]\naws_access_key_id=f\naws_secret_access_key=s\n";
  EXPECT_EQ(Credentials{options}.get(now)->access_key, "f");
}

TEST(CredentialsTest, WithoutAnyTheErrorSaysWhereTheyWereLookedFor) {
  const auto none = Credentials{with({})}.get(now);
  EXPECT_EQ(none.error().key, "blob.no_credentials");
  EXPECT_NE(none.error().detail.find("environment"), std::string::npos);
}

TEST(CredentialsTest, TheInstancesRoleIsAskedForWithATokenAndRenewedBeforeItEnds) {
  int number = 0, without_token = 0;
  TestServer instance{[&](int fd, const RawRequest& request) {
    const bool token = request.head.find("X-aws-ec2-metadata-token: secret-token") != std::string::npos;
    if (request.target == "/latest/api/token")
      send_all(fd, request.method == "PUT" ? reply_of(200, "secret-token") : reply_of(405, ""));
    else if (!token && ++without_token > 0)
      send_all(fd, reply_of(401, ""));
    else if (request.target == "/latest/meta-data/iam/security-credentials/")
      send_all(fd, reply_of(200, "soundhub-role\n"));
    else
      send_all(fd, reply_of(200, role_json("role" + std::to_string(++number), now + std::chrono::hours{1})));
  }};
  Credentials credentials{
      with({{"AWS_EC2_METADATA_DISABLED", "false"}, {"AWS_EC2_METADATA_SERVICE_ENDPOINT", instance.url()}})};
  const auto first = credentials.get(now);
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(first->access_key, "role1");
  EXPECT_EQ(first->session_token, "t");
  EXPECT_EQ(credentials.get(now + std::chrono::minutes{50})->access_key, "role1");
  EXPECT_EQ(credentials.get(now + std::chrono::minutes{56})->access_key, "role2") << "before the hour is over";
  credentials.forget(*credentials.get(now));
  EXPECT_EQ(credentials.get(now)->access_key, "role3") << "the service said that they had ended";
  EXPECT_EQ(without_token, 0);
}

TEST(CredentialsTest, OldKeysDoUntilTheirEndWhenNewOnesCantBeHad) {
  bool down = false;
  TestServer container{[&](int fd, const RawRequest& request) {
    EXPECT_NE(request.head.find("Authorization: let me in"), std::string::npos);
    send_all(fd, down ? reply_of(500, "") : reply_of(200, role_json("task", now + std::chrono::hours{1})));
  }};
  Credentials credentials{with({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", container.url() + "/keys"},
                                {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "let me in"}})};
  ASSERT_TRUE(credentials.get(now));
  down = true;
  EXPECT_EQ(credentials.get(now + std::chrono::minutes{58})->access_key, "task");
  EXPECT_EQ(credentials.get(now + std::chrono::minutes{61}).error().key, "blob.no_credentials");
}

}  // namespace
}  // namespace soundhub::blobs
