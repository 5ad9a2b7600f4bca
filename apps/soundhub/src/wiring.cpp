// SPDX-License-Identifier: AGPL-3.0-or-later
#include "wiring.hpp"

#include <condition_variable>

#include "places.hpp"
#include "soundhub/dsp/engine.hpp"
#include "soundhub/storage/migrations.hpp"
#include "web_app.hpp"

namespace soundhub::app {
namespace {

services::Work work_of(jobs::JobContext& job) {
  return {.progress = [&job](double fraction) { return job.progress(fraction); },
          .finish = [&job](storage::WriteTx& tx) { return job.finish(tx); },
          .stop = job.stop_token(),
          .last_attempt = job.last_attempt()};
}

// Somebody watches a progress bar: what a killed worker left is taken up again within seconds.
jobs::Policy job_policy(int parallel) {
  return {.lease = std::chrono::seconds{15}, .parallel = parallel};
}

// With pauses that grow to ten minutes: about a day. A mail server may be away as long as its keeper sleeps.
jobs::Policy mail_policy() {
  return {.lease = std::chrono::seconds{15}, .attempts = 200, .parallel = 2};
}

services::Mailing::Place mail_place(const Config& config) {
  return {.public_url = config.public_url, .from = config.mail.from};
}

}  // namespace

Result<std::unique_ptr<Stores>> Stores::open(const Config& config) {
  std::unique_ptr<Stores> stores{new Stores{config.log_level}};
  SH_TRY(stores->db, open_database(config, database_place(config), stores->observation.of_database()));
  SH_CHECK(storage::migrate(*stores->db));
  SH_TRY(stores->blobs, open_blobs(config, blobs_place(config), stores->observation.of_blobs()));
  stores->sends_mail = !config.mail.url.empty();
  return stores;
}

Front::Front(Stores& stores, const Config& config)
    : accounts_{stores.context(), hasher_, config.limits},
      uploads_{stores.context(), {.account_bytes = std::int64_t{config.account_space_gib} << 30}},
      songs_{stores.context(), uploads_, config.limits},
      parts_{stores.context(), uploads_, config.limits},
      listening_{stores.context(), config.blobs.redirect ? services::Delivery::redirect : services::Delivery::proxy},
      mixes_{stores.context()},
      releases_{stores.context(), dsp::engine_version},
      events_{stores.context()},
      passwords_{stores.context(), hasher_, config.limits},
      mail_choices_{stores.context()},
      api_{std::make_unique<api::Api>(
          api::Services{accounts_, uploads_, songs_, parts_, listening_, mixes_, releases_, events_, passwords_,
                        mail_choices_},
          web_app(),
          [this]() -> Result<void> {
            if (!ready_) return fail(Errc::unavailable, "not_ready", "shutting down");
            SH_CHECK(events_.last());
            return {};
          },
          stores.log, config.blobs.redirect ? stores.blobs->link_origin() : std::string{})} {}

// The url was opened once when the settings were read; here it can't be wrong any more.
MailRoom::MailRoom(Stores& stores, const Config& config)
    : sender_{mail::Smtp::open(smtp_options(config.mail)).value()},
      mailing_{stores.context(), *sender_, mail_place(config)},
      runner_{*stores.db, stores.clock, stores.random, stores.log, mail_policy()} {
  runner_.on_attempt(stores.observation.of_jobs());
  runner_.add("mail", {.run = [this](jobs::JobContext& job) {
                return mailing_.run(mails::MailId{job.subject()}, work_of(job));
              }});
}

Back::Back(Stores& stores, const Config& config)
    : stores_{stores},
      child_{config.media_program, {}, stores.log},
      media_{child_, stores.observation},
      ingest_{stores.context(), media_},
      render_{stores.context(), media_},
      cover_{stores.context(), media_},
      housekeeping_{stores.context()},
      runner_{*stores.db, stores.clock, stores.random, stores.log, job_policy(config.workers)} {
  runner_.on_attempt(stores.observation.of_jobs());
  runner_.add("ingest",
              {.run = [this](jobs::JobContext& job) { return ingest_.run(TakeId{job.subject()}, work_of(job)); },
               .give_up = [this](storage::WriteTx& tx, std::int64_t id,
                                 const Error& error) { return ingest_.give_up(tx, TakeId{id}, error); }});
  runner_.add("render",
              {.run = [this](jobs::JobContext& job) { return render_.run(ReleaseId{job.subject()}, work_of(job)); },
               .give_up = [this](storage::WriteTx& tx, std::int64_t id,
                                 const Error& error) { return render_.give_up(tx, ReleaseId{id}, error); }});
  runner_.add("cover",
              {.run = [this](jobs::JobContext& job) { return cover_.run(SongId{job.subject()}, work_of(job)); }});
  if (stores.sends_mail) mail_ = std::make_unique<MailRoom>(stores, config);
}

void Back::start() {
  runner_.start();
  if (mail_)
    mail_->start();
  else
    stores_.log.info("mail.off", {{"why", "no mail server is set (smtp)"}});
  housekeeper_ = std::jthread{[this](const std::stop_token& stop) { keep_house(stop); }};
}

void Back::stop() {
  housekeeper_.request_stop();
  runner_.stop();
  if (mail_) mail_->stop();
  if (housekeeper_.joinable()) housekeeper_.join();
}

void Back::keep_house(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock{mutex};
  while (!never.wait_for(lock, stop, std::chrono::hours{1}, [&] { return stop.stop_requested(); })) {
    const auto report = housekeeping_.run_in_turn();
    if (!report)
      stores_.log.warn("housekeeping.failed", {{"key", report.error().key}, {"detail", report.error().detail}});
    else if (const auto& done = *report)
      stores_.log.info("housekeeping.done", {{"blobs_removed", done->blobs_removed},
                                             {"bytes_removed", done->bytes_removed},
                                             {"uploads", done->uploads},
                                             {"events", done->events}});
  }
}

}  // namespace soundhub::app
