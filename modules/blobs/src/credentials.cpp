// SPDX-License-Identifier: AGPL-3.0-or-later
#include "credentials.hpp"

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "s3_reply.hpp"

namespace soundhub::blobs {
namespace {

constexpr std::size_t reply_bytes = 64 * 1024;
constexpr std::chrono::minutes renew_before{5};

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::optional<std::string> contents(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

LineOptions nearby() {
  return {
      .connect = std::chrono::milliseconds{1000}, .stall = std::chrono::seconds{3}, .attempt = std::chrono::seconds{5}};
}

std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

}  // namespace

std::optional<sigv4::Keys> keys_of_profile(std::string_view text, std::string_view profile) {
  sigv4::Keys keys;
  bool ours = false;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      ours = trimmed(line.substr(1, line.find(']') - 1)) == profile;
      continue;
    }
    const auto equals = line.find('=');
    if (!ours || equals == std::string_view::npos) continue;
    const auto name = trimmed(line.substr(0, equals)), value = trimmed(line.substr(equals + 1));
    if (name == "aws_access_key_id") keys.access_key = value;
    if (name == "aws_secret_access_key") keys.secret_key = value;
    if (name == "aws_session_token") keys.session_token = value;
  }
  if (keys.access_key.empty() || keys.secret_key.empty()) return std::nullopt;
  return keys;
}

Credentials::Credentials(const S3Options& options)
    : file_{options.credentials_file},
      profile_{options.profile},
      environment_{options.environment ? options.environment : [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>{value};
      }},
      lines_{nearby()} {
  if (!options.access_key.empty())
    fixed_ = Held{{options.access_key, options.secret_key, options.session_token}, std::nullopt};
}

std::string Credentials::variable(const char* name) const {
  return environment_(name).value_or("");
}

Result<sigv4::Keys> Credentials::get(Time now) {
  if (fixed_) return fixed_->keys;
  const std::lock_guard lock{mutex_};
  if (held_ && (!held_->ends || now < *held_->ends - renew_before)) return held_->keys;
  auto found = find();
  if (found && *found) {
    held_ = **found;
    return held_->keys;
  }
  if (held_ && held_->ends && now < *held_->ends) return held_->keys;  // the old ones still do
  if (!found) return tl::unexpected(found.error());
  return fail(Errc::unavailable, "blob.no_credentials",
              "no S3 keys in the settings, the environment, the credentials file, the container or the instance");
}

void Credentials::forget(const sigv4::Keys& keys) {
  const std::lock_guard lock{mutex_};
  if (held_ && held_->keys.access_key == keys.access_key && held_->keys.session_token == keys.session_token)
    held_.reset();
}

Credentials::Found Credentials::find() {
  for (const auto place : {&Credentials::in_environment, &Credentials::in_file}) {
    SH_TRY(const auto found, (this->*place)());
    if (found) return found;
  }
  for (const auto place : {&Credentials::in_container, &Credentials::in_instance}) {
    SH_TRY(const auto found, (this->*place)());
    if (found) return found;
  }
  return std::nullopt;
}

Credentials::Found Credentials::in_environment() const {
  const auto id = variable("AWS_ACCESS_KEY_ID"), secret = variable("AWS_SECRET_ACCESS_KEY");
  if (id.empty() || secret.empty()) return std::nullopt;
  return Held{{id, secret, variable("AWS_SESSION_TOKEN")}, std::nullopt};
}

// A file that the settings name must be there; the usual one may be missing.
Credentials::Found Credentials::in_file() const {
  auto path = file_.empty() ? variable("AWS_SHARED_CREDENTIALS_FILE") : file_;
  const bool named = !path.empty();
  if (!named) path = variable("HOME") + "/.aws/credentials";
  const auto text = contents(path);
  if (!text && named) return fail(Errc::unavailable, "blob.no_credentials", "can't read " + path);
  if (!text) return std::nullopt;
  auto profile = profile_.empty() ? variable("AWS_PROFILE") : profile_;
  if (profile.empty()) profile = "default";
  const auto keys = keys_of_profile(*text, profile);
  if (!keys && named)
    return fail(Errc::unavailable, "blob.no_credentials", path + " has no keys for [" + profile + "]");
  if (!keys) return std::nullopt;
  // Whoever rotates keys rewrites the file.
  return Held{*keys, SystemClock{}.now() + std::chrono::minutes{10}};
}

Result<std::string> Credentials::ask(const std::string& method, const std::string& url,
                                     std::vector<std::string> headers) {
  const auto line = lines_.take();
  HttpRequest request{.method = method, .url = url, .headers = std::move(headers), .body = {}};
  if (method == "PUT") request.body = HttpBody{0, [](std::uint64_t, std::span<std::byte>) { return std::size_t{0}; }};
  auto failure = line->begin(request);
  std::string body;
  if (!failure) failure = line->drain(body, reply_bytes);
  if (failure) return fail(Errc::unavailable, "blob.no_credentials", url + ": " + failure->what);
  if (line->status() != 200)
    return fail(Errc::unavailable, "blob.no_credentials", url + ": status " + std::to_string(line->status()));
  return body;
}

namespace {

// Both services answer alike; a reply without keys is an error.
Result<std::pair<sigv4::Keys, std::optional<Time>>> parsed(const std::string& body) {
  boost::json::error_code error;
  const auto value = boost::json::parse(body, error);
  if (error || !value.is_object()) return fail(Errc::unavailable, "blob.no_credentials", "keys aren't JSON");
  const auto& object = value.get_object();
  sigv4::Keys keys{text_of(object, "AccessKeyId"), text_of(object, "SecretAccessKey"), text_of(object, "Token")};
  if (keys.access_key.empty() || keys.secret_key.empty())
    return fail(Errc::unavailable, "blob.no_credentials", "the reply holds no keys");
  return std::pair{std::move(keys), parse_iso_time(text_of(object, "Expiration"))};
}

}  // namespace

Credentials::Found Credentials::in_container() {
  auto url = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (const auto relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); !relative.empty())
    url = "http://169.254.170.2" + relative;
  if (url.empty()) return std::nullopt;
  auto token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const auto file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty())
    token = trimmed(contents(file).value_or(""));
  std::vector<std::string> headers;
  if (!token.empty()) headers.push_back("Authorization: " + token);
  SH_TRY(const auto body, ask("GET", url, std::move(headers)));
  SH_TRY(const auto found, parsed(body));
  return Held{found.first, found.second};
}

// IMDSv2: a token first, so that a forged request from a page can't get at the keys.
Credentials::Found Credentials::in_instance() {
  if (variable("AWS_EC2_METADATA_DISABLED") == "true") return std::nullopt;
  auto base = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (base.empty()) base = "http://169.254.169.254";
  while (base.ends_with('/')) base.pop_back();
  SH_TRY(const auto token, ask("PUT", base + "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds: 300"}));
  const std::string header = "X-aws-ec2-metadata-token: " + std::string{trimmed(token)};
  const auto roles = base + "/latest/meta-data/iam/security-credentials/";
  SH_TRY(const auto names, ask("GET", roles, {header}));
  const std::string role{trimmed(std::string_view{names}.substr(0, names.find('\n')))};
  SH_TRY(const auto body, ask("GET", roles + sigv4::encode(role), {header}));
  SH_TRY(const auto found, parsed(body));
  return Held{found.first, found.second};
}

}  // namespace soundhub::blobs
