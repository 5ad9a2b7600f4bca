// SPDX-License-Identifier: AGPL-3.0-or-later
#include "client.hpp"

#include <curl/curl.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

namespace soundhub::app {
namespace {

std::size_t append(char* data, std::size_t size, std::size_t count, void* out) {
  static_cast<std::string*>(out)->append(data, size * count);
  return size * count;
}

Errc code_of(long status) {
  switch (status) {
    case 401:
      return Errc::unauthenticated;
    case 403:
      return Errc::forbidden;
    case 404:
      return Errc::not_found;
    case 409:
      return Errc::conflict;
    case 429:
      return Errc::too_many;
    case 503:
      return Errc::unavailable;
    default:
      return status >= 500 ? Errc::internal : Errc::invalid;
  }
}

Result<boost::json::value> result_of(long status, const std::string& text) {
  boost::json::error_code error;
  auto value = text.empty() ? boost::json::value{} : boost::json::parse(text, error);
  if (status >= 200 && status < 300) return value;
  const auto* key = value.is_object() ? value.as_object().if_contains("key") : nullptr;
  return fail(code_of(status),
              key != nullptr && key->is_string() ? std::string_view{key->as_string()} : "client.failed",
              std::to_string(status));
}

}  // namespace

struct Client::Handle {
  CURL* curl{curl_easy_init()};
  curl_slist* headers{};
  Handle() {
    if (curl == nullptr) throw std::runtime_error("libcurl can't start");
  }
  ~Handle() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void reset() {
    curl_easy_reset(curl);
    curl_slist_free_all(std::exchange(headers, nullptr));
  }
  void add(const std::string& header) { headers = curl_slist_append(headers, header.c_str()); }

  Result<boost::json::value> perform(const std::string& url, const std::string& token) {
    if (!token.empty()) add("Authorization: Bearer " + token);
    std::string answer;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 120L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (const auto code = curl_easy_perform(curl); code != CURLE_OK)
      return fail(Errc::unavailable, "client.unreachable", curl_easy_strerror(code));
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return result_of(status, answer);
  }
};

Client::Client(std::string server) : server_{std::move(server)}, handle_{std::make_unique<Handle>()} {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

Result<boost::json::value> Client::call(const std::string& method, const std::string& path, const std::string* body) {
  handle_->reset();
  curl_easy_setopt(handle_->curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  if (body != nullptr) {
    handle_->add("Content-Type: application/json");
    curl_easy_setopt(handle_->curl, CURLOPT_POSTFIELDS, body->c_str());
    curl_easy_setopt(handle_->curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
  }
  return handle_->perform(server_ + path, token_);
}

Result<boost::json::value> Client::get(const std::string& path) {
  return call("GET", path, nullptr);
}

Result<boost::json::value> Client::post(const std::string& path, const boost::json::value& body) {
  const auto text = boost::json::serialize(body);
  return call("POST", path, &text);
}

Result<std::string> Client::upload(const std::string& file) {
  handle_->reset();
  auto* form = curl_mime_init(handle_->curl);
  auto* part = curl_mime_addpart(form);
  curl_mime_name(part, "file");
  curl_mime_filedata(part, file.c_str());
  curl_easy_setopt(handle_->curl, CURLOPT_MIMEPOST, form);
  const auto answer = handle_->perform(server_ + "/api/v1/uploads/form", token_);
  curl_mime_free(form);
  if (!answer) return tl::unexpected(answer.error());
  return std::string{answer->at("upload_id").as_string()};
}

Result<void> Client::enter(const std::string& email, const std::string& nickname, const std::string& password) {
  boost::json::object account{{"email", email}, {"nickname", nickname}, {"password", password}, {"bearer", true}};
  auto session = post("/api/v1/accounts", account);
  if (!session && session.error().code == Errc::conflict) session = post("/api/v1/sessions", account);
  if (!session) return tl::unexpected(session.error());
  token_ = session->at("token").as_string();
  return {};
}

}  // namespace soundhub::app
