// SPDX-License-Identifier: AGPL-3.0-or-later
#include "smtp_reply.hpp"

#include <fmt/format.h>

namespace soundhub::mail {
namespace {

// 530, 534, 535, 538: the login is missing or wrong (RFC 4954); the mail itself may be fine.
bool concerns_login(const SmtpEnd& end) {
  return end.code == CURLE_LOGIN_DENIED || end.code == CURLE_AUTH_ERROR || end.reply == 530 || end.reply == 534 ||
         end.reply == 535 || end.reply == 538;
}

bool concerns_trust(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_USE_SSL_FAILED ||
         code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_ISSUER_ERROR;
}

// A 5xx to the greeting speaks of the server or of us; one to the addresses or to the text, of this mail.
bool concerns_mail(const SmtpEnd& end) {
  return end.reply >= 500 && (end.body_begun || end.code == CURLE_SEND_ERROR);
}

}  // namespace

Result<void> result_of(const SmtpEnd& end) {
  if (end.code == CURLE_OK) return {};
  const auto detail = fmt::format("curl {}, reply {}: {}", static_cast<int>(end.code), end.reply, end.sentence);
  if (concerns_trust(end.code)) return fail(Errc::unavailable, "mail.untrusted", detail);
  if (concerns_login(end)) return fail(Errc::unavailable, "mail.login_refused", detail);
  if (concerns_mail(end)) return fail(Errc::invalid, "mail.refused", detail);
  if (end.reply >= 400) return fail(Errc::unavailable, "mail.deferred", detail);
  return fail(Errc::unavailable, "mail.unreachable", detail);
}

}  // namespace soundhub::mail
