// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sigv4.hpp"

#include <algorithm>
#include <array>

#include "soundhub/base/sha256.hpp"

namespace soundhub::blobs::sigv4 {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

bool unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string encode_but(std::string_view text, std::string_view kept) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved(c) || kept.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

// RFC 2104.
Digest hmac(BytesView key, BytesView message) {
  std::array<std::byte, 64> inner{}, outer{};
  const auto short_key = key.size() > inner.size() ? sha256(key) : Digest{};
  const auto used = key.size() > inner.size() ? BytesView{short_key} : key;
  std::ranges::copy(used, inner.begin());
  outer = inner;
  for (auto& byte : inner) byte ^= std::byte{0x36};
  for (auto& byte : outer) byte ^= std::byte{0x5c};
  Sha256 hash;
  hash.update(inner);
  hash.update(message);
  const auto first = hash.finish();
  hash.update(outer);
  hash.update(first);
  return hash.finish();
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// Without spaces at the ends, runs of them as one.
std::string folded(std::string_view value) {
  std::string out;
  for (const char c : value)
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

struct SignedHeaders {
  std::string lines, names;
};

SignedHeaders canonical_headers(const Pairs& headers) {
  Pairs sorted;
  for (const auto& [name, value] : headers) sorted.emplace_back(lower(name), folded(value));
  std::ranges::stable_sort(sorted, {}, &Pairs::value_type::first);
  SignedHeaders out;
  for (const auto& [name, value] : sorted) {
    out.lines += name + ':' + value + '\n';
    out.names += (out.names.empty() ? "" : ";") + name;
  }
  return out;
}

std::string scope_of(const Scope& scope, std::string_view date) {
  return std::string{date} + '/' + scope.region + '/' + scope.service + "/aws4_request";
}

std::string signature(const Request& request, const SignedHeaders& headers, const std::string& query, const Keys& keys,
                      const Scope& scope, Time now) {
  const auto canonical = request.method + '\n' + request.path + '\n' + query + '\n' + headers.lines + '\n' +
                         headers.names + '\n' + request.payload_sha256;
  const auto stamp = timestamp(now), date = stamp.substr(0, 8);
  const auto to_sign =
      std::string{algorithm} + '\n' + stamp + '\n' + scope_of(scope, date) + '\n' + sha256_hex(as_bytes(canonical));
  auto key = hmac(as_bytes("AWS4" + keys.secret_key), as_bytes(date));
  for (const auto& step : {scope.region, scope.service, std::string{"aws4_request"}}) key = hmac(key, as_bytes(step));
  return to_hex(hmac(key, as_bytes(to_sign)));
}

}  // namespace

std::string encode(std::string_view text) {
  return encode_but(text, "");
}

std::string encode_path(std::string_view path) {
  return encode_but(path, "/");
}

std::string query_of(const Pairs& query) {
  Pairs encoded;
  for (const auto& [name, value] : query) encoded.emplace_back(encode(name), encode(value));
  std::ranges::sort(encoded);
  std::string out;
  for (const auto& [name, value] : encoded) out += (out.empty() ? "" : "&") + name + '=' + value;
  return out;
}

std::string timestamp(Time now) {
  // "2013-05-24T00:00:00.000Z" without its separators and fraction.
  const auto text = to_rfc3339(now);
  return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2) + 'T' + text.substr(11, 2) + text.substr(14, 2) +
         text.substr(17, 2) + 'Z';
}

std::string authorization(const Request& request, const Keys& keys, const Scope& scope, Time now) {
  const auto headers = canonical_headers(request.headers);
  return std::string{algorithm} + " Credential=" + keys.access_key + '/' +
         scope_of(scope, timestamp(now).substr(0, 8)) + ", SignedHeaders=" + headers.names +
         ", Signature=" + signature(request, headers, query_of(request.query), keys, scope, now);
}

std::string presigned_query(const Request& request, const Keys& keys, const Scope& scope, Time now,
                            std::chrono::seconds expires) {
  const auto headers = canonical_headers(request.headers);
  const auto stamp = timestamp(now);
  auto all = request.query;
  all.emplace_back("X-Amz-Algorithm", algorithm);
  all.emplace_back("X-Amz-Credential", keys.access_key + '/' + scope_of(scope, stamp.substr(0, 8)));
  all.emplace_back("X-Amz-Date", stamp);
  all.emplace_back("X-Amz-Expires", std::to_string(expires.count()));
  all.emplace_back("X-Amz-SignedHeaders", headers.names);
  if (!keys.session_token.empty()) all.emplace_back("X-Amz-Security-Token", keys.session_token);
  const auto query = query_of(all);
  return query + "&X-Amz-Signature=" + signature(request, headers, query, keys, scope, now);
}

}  // namespace soundhub::blobs::sigv4
