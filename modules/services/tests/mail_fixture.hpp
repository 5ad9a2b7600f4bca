// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "fixture.hpp"
#include "soundhub/mail/sender.hpp"
#include "soundhub/services/mails.hpp"
#include "soundhub/services/password_hasher.hpp"
#include "soundhub/storage/mails.hpp"

namespace soundhub::services {

/// Keeps what it was to send; or ends with `error`.
class FakeSender final : public mail::Sender {
 public:
  std::vector<mail::Message> sent;
  std::optional<Error> error;
  std::function<void()> meanwhile = [] {};  ///< happens while a mail is on its way
  Result<void> send(const mail::Message& message, const std::stop_token&) override {
    meanwhile();
    if (error) return tl::unexpected(*error);
    sent.push_back(message);
    return {};
  }
};

/// An instance with a mail server.
class MailTest : public ServicesTest {
 protected:
  MailTest() { sends_mail_ = true; }
  Context mail_context() {
    auto out = context();
    out.sends_mail = true;
    return out;
  }

  void speaks(UserId who, mails::Language language, bool notices = true) {
    must(choices_.set(who, {.language = language, .notices = notices}));
  }
  /// Runs the next job of kind mail.
  Result<void> send_next() {
    const auto job = lease("mail");
    return Mailing{mail_context(), sender_, {.public_url = "https://hub.example", .from = "hub@hub.example"}}.run(
        mails::MailId{job.subject}, work(job));
  }
  /// What stands in the text from `before` to the end of its line.
  static std::string after(const std::string& text, const std::string& before) {
    const auto at = text.find(before);
    if (at == std::string::npos) throw std::runtime_error("no " + before + " in " + text);
    const auto from = at + before.size();
    return text.substr(from, text.find('\n', from) - from);
  }

  FakeSender sender_;
  MailChoices choices_{mail_context()};
  Parts offers_{mail_context(), uploads_};
  Releases releases_with_mail_{mail_context(), engine_version};
};

}  // namespace soundhub::services
