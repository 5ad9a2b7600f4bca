// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/mail/smtp.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "smtp_reply.hpp"
#include "smtp_url.hpp"

namespace soundhub::mail {
namespace {

struct CurlGlobal {
  CurlGlobal() { curl_global_init(CURL_GLOBAL_DEFAULT); }
  ~CurlGlobal() { curl_global_cleanup(); }
};

struct Cleanup {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, Cleanup>;
using List = std::unique_ptr<curl_slist, Cleanup>;

struct Body {
  std::string_view rest;
  bool begun{};
};

std::size_t give(char* to, std::size_t size, std::size_t count, void* from) {
  auto& body = *static_cast<Body*>(from);
  body.begun = true;
  const auto length = std::min(size * count, body.rest.size());
  std::memcpy(to, body.rest.data(), length);
  body.rest.remove_prefix(length);
  return length;
}

int keep_going(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

void connect_to(CURL* curl, const SmtpOptions& options, bool clear) {
  curl_easy_setopt(curl, CURLOPT_URL, options.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(clear ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, options.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, options.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(options.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

Result<void> perform(CURL* curl, const Body& body) {
  std::array<char, CURL_ERROR_SIZE> sentence{};
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, sentence.data());
  SmtpEnd end{.code = curl_easy_perform(curl), .reply = 0, .body_begun = body.begun, .sentence = sentence.data()};
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &end.reply);
  return result_of(end);
}

}  // namespace

Result<std::unique_ptr<Smtp>> Smtp::open(const SmtpOptions& options) {
  static const CurlGlobal global;
  SH_TRY(const auto place, parse_smtp_url(options.url));
  if (place.clear && !options.user.empty())
    return fail(Errc::invalid, "config", "smtp-user would go in the clear: leave it away, or starttls=never");
  auto with_place = options;
  with_place.url = place.url;
  return std::unique_ptr<Smtp>{new Smtp{std::move(with_place), place.clear}};
}

Result<void> Smtp::send(const Message& message, const std::stop_token& stop) {
  SH_TRY(const auto text, to_rfc5322(message));
  const Handle curl{curl_easy_init()};
  if (!curl) return fail(Errc::unavailable, "mail.unreachable", "no memory");
  connect_to(curl.get(), options_, clear_);
  const auto from = "<" + message.from + ">", to = "<" + message.to + ">";
  const List recipients{curl_slist_append(nullptr, to.c_str())};
  Body body{text};
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, &give);
  curl_easy_setopt(curl.get(), CURLOPT_READDATA, &body);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &keep_going);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &stop);
  return perform(curl.get(), body);
}

Result<void> Smtp::check() {
  const Handle curl{curl_easy_init()};
  if (!curl) return fail(Errc::unavailable, "mail.unreachable", "no memory");
  connect_to(curl.get(), options_, clear_);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECT_ONLY, 1L);
  return perform(curl.get(), {});
}

}  // namespace soundhub::mail
