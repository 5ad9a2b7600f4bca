// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <memory>
#include <string>

#include "config.hpp"
#include "observation.hpp"
#include "soundhub/api/api.hpp"
#include "soundhub/blobs/store.hpp"
#include "soundhub/jobs/runner.hpp"
#include "soundhub/mail/smtp.hpp"
#include "soundhub/media/child.hpp"
#include "soundhub/services/password_hasher.hpp"
#include "soundhub/services/work.hpp"
#include "soundhub/storage/database.hpp"

// The only place that names concrete classes together.
namespace soundhub::app {

/// What every verb stands on: the database with its schema, and the blob store.
class Stores {
 public:
  static Result<std::unique_ptr<Stores>> open(const Config& config);
  services::Context context() { return {*db, *blobs, clock, random, log, sends_mail}; }

  SystemClock clock;
  SystemRandom random;
  Log log;
  Observation observation;
  std::unique_ptr<storage::Database> db;
  std::unique_ptr<blobs::BlobStore> blobs;
  bool sends_mail{};

 private:
  explicit Stores(LogLevel level) : log{Log::to_stderr(clock, level)} {}
};

/// The use cases and the routes over them.
class Front {
 public:
  Front(Stores& stores, const Config& config);
  const api::Api& api() const { return *api_; }
  void refuse_readiness() { ready_ = false; }

 private:
  services::PasswordHasher hasher_;
  services::Accounts accounts_;
  services::Uploads uploads_;
  services::Songs songs_;
  services::Parts parts_;
  services::Listening listening_;
  services::Mixes mixes_;
  services::Releases releases_;
  services::Events events_;
  services::Passwords passwords_;
  services::MailChoices mail_choices_;
  std::atomic<bool> ready_{true};
  std::unique_ptr<api::Api> api_;
};

/// Sends what waits to be mailed, with a runner of its own: a mail server that doesn't answer holds up no ingest.
class MailRoom {
 public:
  MailRoom(Stores& stores, const Config& config);
  void start() { runner_.start(); }
  void stop() { runner_.stop(); }

 private:
  std::unique_ptr<mail::Sender> sender_;
  services::Mailing mailing_;
  jobs::Runner runner_;
};

/// The kinds of job and the runners that take them.
class Back {
 public:
  Back(Stores& stores, const Config& config);
  void start();
  void stop();

 private:
  void keep_house(const std::stop_token& stop);

  Stores& stores_;
  media::MediaChild child_;
  WatchedMedia media_;
  services::Ingest ingest_;
  services::Render render_;
  services::Cover cover_;
  services::Housekeeping housekeeping_;
  jobs::Runner runner_;
  std::unique_ptr<MailRoom> mail_;  ///< none without a mail server
  std::jthread housekeeper_;
};

}  // namespace soundhub::app
