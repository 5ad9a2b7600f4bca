// SPDX-License-Identifier: AGPL-3.0-or-later
#include "s3_client.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include "soundhub/base/sha256.hpp"

namespace soundhub::blobs {
namespace {

using SteadyClock = std::chrono::steady_clock;

bool is_busy(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

bool says_ended(const std::string& code) {
  return code == "ExpiredToken" || code == "TokenRefreshRequired";
}

// 4xx, but not for what was asked: the connection was slow, another did the same, or bytes changed on the way.
bool is_passing(const std::string& code) {
  return code == "RequestTimeout" || code == "SlowDown" || code == "OperationAborted" || code == "BadDigest" ||
         code == "XAmzContentSHA256Mismatch" || code == "IncompleteBody";
}

std::string outcome_of(int status) {
  if (status < 300) return "ok";
  return status == 404 ? "not_found" : "status_" + std::to_string(status);
}

Error unreachable(const S3Call& call, const std::string& what) {
  return {Errc::unavailable, "blob.unreachable", call.name + " " + call.key + ": " + what};
}

}  // namespace

struct S3Client::Try {
  S3Reply reply;
  std::optional<std::string> failure;  ///< what to try again for
  bool final{false};                   ///< not to be tried again
  bool keys_ended{false};
};

std::string S3Reply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string{} : found->second;
}

Result<S3Client::Place> S3Client::place_of(const S3Options& options, std::string endpoint) {
  const auto bad = [](const char* what) { return fail(Errc::invalid, "config.s3", what); };
  if (endpoint.empty()) endpoint = "https://s3." + options.region + ".amazonaws.com";
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const auto colon = endpoint.find("://");
  if (!endpoint.starts_with("http://") && !endpoint.starts_with("https://"))
    return bad("the S3 endpoint must begin with http:// or https://");
  auto host = endpoint.substr(colon + 3);
  const auto scheme = endpoint.substr(0, colon + 3);
  if (host.empty() || host.find_first_of("/?#@ ") != std::string::npos)
    return bad("the S3 endpoint is a scheme, a host and perhaps a port");
  // What curl leaves out of Host must not be signed.
  if (scheme == "https://" && host.ends_with(":443")) host.resize(host.size() - 4);
  if (scheme == "http://" && host.ends_with(":80")) host.resize(host.size() - 3);
  if (!options.path_style) host = options.bucket + "." + host;
  return Place{scheme + host, host, options.path_style ? "/" + sigv4::encode(options.bucket) : std::string{}};
}

Result<std::unique_ptr<S3Client>> S3Client::make(S3Options options) {
  const auto bad = [](const char* what) { return fail(Errc::invalid, "config.s3", what); };
  if (options.bucket.empty()) return bad("S3 needs a bucket");
  if (options.region.empty()) return bad("S3 needs a region");
  if (options.access_key.empty() != options.secret_key.empty()) return bad("S3 needs both keys or neither");
  if (options.encryption != "" && options.encryption != "AES256" && options.encryption != "aws:kms")
    return bad("S3 encryption is AES256 or aws:kms");
  if (!options.prefix.empty() && !options.prefix.ends_with('/')) options.prefix += '/';
  if (options.prefix.starts_with('/')) return bad("the S3 prefix doesn't begin with /");
  SH_TRY(auto place, place_of(options, options.endpoint));
  const auto links = options.public_endpoint.empty() ? options.endpoint : options.public_endpoint;
  SH_TRY(auto link_place, place_of(options, links));
  return std::unique_ptr<S3Client>{new S3Client{std::move(options), std::move(place), std::move(link_place)}};
}

S3Client::S3Client(S3Options options, Place place, Place link_place)
    : options_{std::move(options)},
      place_{std::move(place)},
      link_place_{std::move(link_place)},
      link_origin_{link_place_.origin},
      credentials_{options_},
      lines_{{.connect = options_.limits.connect,
              .stall = options_.limits.stall,
              .attempt = options_.limits.attempt,
              .ca_file = options_.ca_file}} {}

std::string S3Client::object_key(std::string_view folder, const std::string& hex) const {
  return options_.prefix + std::string{folder} + "/" + hex.substr(0, 2) + "/" + hex;
}

std::string S3Client::path_of(const Place& place, const std::string& key) {
  return place.base + "/" + sigv4::encode_path(key);
}

HttpRequest S3Client::signed_request(const S3Call& call, const sigv4::Keys& keys) const {
  const auto now = clock_.now();
  sigv4::Request request{.method = call.method,
                         .path = path_of(place_, call.key),
                         .query = call.query,
                         .headers = call.headers,
                         .payload_sha256 = call.body ? call.body_sha256 : sha256_hex(as_bytes(call.text))};
  request.headers.emplace_back("x-amz-content-sha256", request.payload_sha256);
  request.headers.emplace_back("x-amz-date", sigv4::timestamp(now));
  if (!keys.session_token.empty()) request.headers.emplace_back("x-amz-security-token", keys.session_token);

  HttpRequest out{.method = call.method, .url = place_.origin + request.path, .headers = {}, .body = call.body};
  if (const auto query = sigv4::query_of(call.query); !query.empty()) out.url += '?' + query;
  for (const auto& [name, value] : request.headers) out.headers.push_back(name + ": " + value);
  request.headers.emplace_back("host", place_.host);
  out.headers.push_back("Host: " + place_.host);
  out.headers.push_back("Authorization: " + sigv4::authorization(request, keys, {options_.region, "s3"}, now));
  if (!out.body && (call.method == "PUT" || call.method == "POST"))
    out.body = HttpBody{call.text.size(), [&call](std::uint64_t at, std::span<std::byte> to) {
                          const auto piece = std::string_view{call.text}.substr(at, to.size());
                          std::ranges::copy(as_bytes(piece), to.begin());
                          return piece.size();
                        }};
  return out;
}

S3Client::Try S3Client::attempt(const S3Call& call, const sigv4::Keys& keys, bool stream) {
  Try made;
  auto line = lines_.take();
  auto failure = line->begin(signed_request(call, keys));
  if (!failure) {
    made.reply.status = line->status();
    made.reply.headers = line->headers();
    if (stream && made.reply.ok()) {
      made.reply.stream = std::move(line);
      return made;
    }
    failure = line->drain(made.reply.body, s3_reply_bytes);
  }
  if (failure) {
    made.failure = failure->what;
    made.final = !failure->retriable;
    return made;
  }
  const auto code = made.reply.ok() && call.name != "CopyObject" && call.name != "CompleteMultipartUpload"
                        ? std::string{}
                        : parse_failure(made.reply.body).code;
  made.keys_ended = says_ended(code);
  // Two of S3's answers begin with 200 before it knows.
  const bool late = made.reply.ok() && !code.empty();
  if (is_busy(made.reply.status) || is_passing(code) || made.keys_ended || late)
    made.failure = "status " + std::to_string(made.reply.status) + " " + code;
  return made;
}

bool S3Client::again(int attempt, SteadyClock::time_point began) const {
  return attempt + 1 < options_.limits.attempts && SteadyClock::now() - began < options_.limits.retrying;
}

std::chrono::milliseconds S3Client::pause(int attempt) const {
  const auto& limits = options_.limits;
  const auto grown = limits.first_pause * (1LL << std::min(attempt, 16));
  const auto most = std::min<std::chrono::milliseconds>(grown, limits.longest_pause);
  std::random_device random;
  return std::chrono::milliseconds{std::uniform_int_distribution<long long>{0, most.count()}(random)};
}

void S3Client::tell(const S3Call& call, SteadyClock::time_point began, std::string_view outcome) const {
  if (!options_.on_request) return;
  options_.on_request(
      {call.name, outcome, std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - began)});
}

Result<S3Reply> S3Client::retry(const S3Call& call, bool stream) {
  const auto first = SteadyClock::now();
  for (int number = 0;; ++number) {
    SH_TRY(const auto keys, credentials_.get(clock_.now()));
    const auto began = SteadyClock::now();
    auto made = attempt(call, keys, stream);
    tell(call, began, made.failure ? "failed" : outcome_of(made.reply.status));
    if (!made.failure) return std::move(made.reply);
    if (made.keys_ended) credentials_.forget(keys);
    if (made.final || call.once || !again(number, first)) return tl::unexpected(unreachable(call, *made.failure));
    std::this_thread::sleep_for(pause(number));
  }
}

Result<S3Reply> S3Client::send(const S3Call& call) {
  return retry(call, false);
}

Result<S3Reply> S3Client::open(const S3Call& call) {
  return retry(call, true);
}

Error S3Client::refusal(const S3Call& call, const S3Reply& reply) {
  const auto said = parse_failure(reply.body);
  const auto detail =
      call.name + " " + call.key + ": " + std::to_string(reply.status) + " " + said.code + " " + said.message;
  if (reply.status == 507 || said.code == "QuotaExceeded" || said.code == "EntityTooLarge" || reply.status == 413)
    return {Errc::unavailable, "storage.full", detail};
  if (said.code == "NoSuchBucket") return {Errc::unavailable, "blob.no_bucket", detail};
  if (reply.status == 401 || reply.status == 403 || said.code == "AuthorizationHeaderMalformed")
    return {Errc::unavailable, "blob.denied", detail};
  return {Errc::unavailable, "blob.refused", detail};
}

// The same link for a third of its time, so that browsers have it in their cache.
Result<std::string> S3Client::presign(const std::string& key, const sigv4::Pairs& query, std::chrono::seconds expires) {
  const auto now = clock_.now();
  SH_TRY(const auto keys, credentials_.get(now));
  const std::chrono::milliseconds step = std::max<std::chrono::milliseconds>(expires / 3, std::chrono::seconds{1});
  const auto since = from_millis(to_millis(now) / step.count() * step.count());
  const sigv4::Request request{.method = "GET",
                               .path = path_of(link_place_, key),
                               .query = query,
                               .headers = {{"host", link_place_.host}},
                               .payload_sha256 = std::string{sigv4::unsigned_payload}};
  return link_place_.origin + request.path + '?' +
         sigv4::presigned_query(request, keys, {options_.region, "s3"}, since, expires);
}

}  // namespace soundhub::blobs
