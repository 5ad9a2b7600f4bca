// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fmt/format.h>

#include <array>

#include "soundhub/base/text.hpp"
#include "soundhub/storage/jobs.hpp"
#include "verb.hpp"
#include "verbs.hpp"
#include "wiring.hpp"

namespace soundhub::app {
namespace {

constexpr std::string_view usage =
    "soundhub admin jobs              jobs that were given up, newest first\n"
    "soundhub admin retry JOB         gives one all its attempts again\n"
    "soundhub admin promote EMAIL     makes an account an administrator's; demote takes it back\n"
    "soundhub admin reset-password EMAIL   prints a link that sets a new password: once, within the hour\n";

Result<void> list_dead(Stores& stores) {
  SH_TRY(const auto jobs,
         stores.db->read([](storage::ReadTx& tx) { return storage::jobs::dead(tx, std::nullopt, 100); }));
  for (const auto& job : jobs)
    fmt::print("{} {} of {}: {} attempts, last at {}: {}\n", job.id.value, job.kind, job.subject, job.attempts,
               job.finished_at ? to_rfc3339(*job.finished_at) : "?", job.last_error);
  if (jobs.empty()) fmt::print("No job was given up.\n");
  return {};
}

Result<void> retry(Stores& stores, const std::string& word) {
  const auto id = parse_integer(word);
  if (!id) return fail(Errc::invalid, "options", "retry needs a job's number");
  return stores.db->write(
      [&](storage::WriteTx& tx) { return storage::jobs::requeue(tx, JobId{*id}, stores.clock.now()); });
}

Result<void> set_admin(Stores& stores, const std::string& email, bool is_admin) {
  services::PasswordHasher hasher;
  return services::Accounts{stores.context(), hasher}.set_admin(email, is_admin);
}

Result<void> reset_password(Stores& stores, const Config& config, const std::string& email) {
  services::PasswordHasher hasher;
  SH_TRY(const auto token, services::Passwords(stores.context(), hasher).token_for(email));
  const auto url = config.public_url.empty() ? "https://ADDRESS" : config.public_url;
  fmt::print("{}\n", services::password_link(url, token));
  if (config.public_url.empty()) fmt::print("(ADDRESS is where people reach this instance: public-url isn't set.)\n");
  return {};
}

Result<void> run(const Call& call) {
  const auto& words = call.options.rest();
  SH_TRY(const auto stores, Stores::open(call.config));
  if (words.size() == 1 && words[0] == "jobs") return list_dead(*stores);
  if (words.size() == 2 && words[0] == "retry") return retry(*stores, words[1]);
  if (words.size() == 2 && words[0] == "promote") return set_admin(*stores, words[1], true);
  if (words.size() == 2 && words[0] == "demote") return set_admin(*stores, words[1], false);
  if (words.size() == 2 && words[0] == "reset-password") return reset_password(*stores, call.config, words[1]);
  return fail(Errc::invalid, "options", "see soundhub admin --help");
}

}  // namespace

int admin(std::span<const std::string> words) {
  const auto parsed = parse_verb(usage, {}, Scope::jobs, words);
  if (!parsed.call) return parsed.exit_code;
  const auto done = run(*parsed.call);
  return done ? 0 : report(done.error());
}

}  // namespace soundhub::app
