// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>

#include "places.hpp"
#include "soundhub/base/byte_io.hpp"
#include "soundhub/base/fd.hpp"
#include "soundhub/media/child.hpp"
#include "soundhub/storage/jobs.hpp"
#include "soundhub/storage/migrations.hpp"
#include "verb.hpp"
#include "verbs.hpp"

// Verbs that say what is wrong: check-config, doctor.
namespace soundhub::app {
namespace {

constexpr std::uint64_t little_space = 5'000'000'000;
constexpr std::chrono::minutes long_wait{10};

constexpr std::array table_option{Option{"table", "", "", "the settings there are, as a table in Markdown"}};

Result<void> print_table() {
  fmt::print("| setting | value | unless set | what it is |\n|---|---|---|---|\n");
  for (const auto& setting : settings_table()) {
    const auto value = setting.secret ? std::string{"a secret"} : fmt::format("`{}`", setting.value);
    const auto otherwise = setting.otherwise.empty() ? std::string{"–"} : fmt::format("`{}`", setting.otherwise);
    fmt::print("| `{}` | {} | {} | {} |\n", setting.name, value, otherwise, setting.help);
  }
  return {};
}

Result<void> print_settings(const Call& call) {
  if (call.options.given("table")) return print_table();
  for (const auto& setting : settings_table()) {
    const auto& value = call.settings[setting.name];
    const auto shown = setting.secret && !value.empty() ? "(set)" : value.empty() ? "-" : printable(value);
    fmt::print("{:<22} {:<40} {}\n", setting.name, shown, call.settings.source(setting.name));
  }
  return {};
}

/// One thing that was looked at: fine, or what is wrong and what to do.
class Report {
 public:
  void fine(std::string_view what, const std::string& found) { fmt::print("ok    {}: {}\n", what, found); }
  void note(std::string_view what, const std::string& found) { fmt::print("note  {}: {}\n", what, found); }
  void wrong(std::string_view what, const std::string& found, std::string_view advice) {
    fmt::print("WRONG {}: {}\n      {}\n", what, found, advice);
    ++wrong_;
  }
  void wrong(std::string_view what, const Error& error, std::string_view advice) {
    wrong(what, error.detail.empty() ? error.key : error.key + " (" + error.detail + ")", advice);
  }
  int count() const { return wrong_; }

 private:
  int wrong_{};
};

class Nowhere final : public media::OutputSink {
 public:
  Result<void> begin(media::Output) override { return {}; }
  Result<void> write(media::Output, BytesView) override { return {}; }
  Result<void> end(media::Output) override { return {}; }
  Result<void> progress(double) override { return {}; }
};

// A tenth of a second of a quiet sawtooth: 48 kHz, 16 bits, mono (RIFF WAVE).
std::string small_wav() {
  constexpr std::uint32_t rate = 48'000, frames = 4'800;
  std::string out;
  const auto number = [&](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  };
  out += "RIFF", number(36 + frames * 2, 4), out += "WAVEfmt ";
  number(16, 4), number(1, 2), number(1, 2), number(rate, 4), number(rate * 2, 4), number(2, 2), number(16, 2);
  out += "data", number(frames * 2, 4);
  for (std::uint32_t frame = 0; frame < frames; ++frame) number(frame % 100 * 20, 2);
  return out;
}

void look_at_media(const Config& config, Report& report) {
  constexpr std::string_view what = "media child";
  if (!std::filesystem::exists(config.media_program))
    return report.wrong(what, config.media_program + " isn't there", "Put soundhub-media beside soundhub.");
  const Fd file{::memfd_create("doctor", MFD_CLOEXEC)};
  const auto wav = small_wav();
  if (::write(file.get(), wav.data(), wav.size()) != static_cast<ssize_t>(wav.size()))
    return report.wrong(what, "no memory for a test file", "Free some memory.");
  const auto log = Log::silent();
  Nowhere nowhere;
  const auto done = media::MediaChild{config.media_program, {}, log}.ingest(file.get(), nowhere, {});
  if (!done)
    return report.wrong(
        what, done.error(),
        "The child locks itself by seccomp and no_new_privs: the kernel or the container forbids that.");
  report.fine(what, fmt::format("decoded {} frames behind its lock", done->frames));
}

void look_at_dead_jobs(storage::Database& db, Report& report) {
  const auto dead = db.read([](storage::ReadTx& tx) { return storage::jobs::count_dead(tx, "mail.refused"); });
  if (!dead) return report.wrong("jobs", dead.error(), "See the database above.");
  std::string given_up;
  std::int64_t refused = 0;
  for (const auto& row : *dead) {
    refused += row.of_error;
    if (row.all == row.of_error) continue;
    given_up += fmt::format("{}{} of {}", given_up.empty() ? "" : ", ", row.all - row.of_error, row.kind);
  }
  if (!given_up.empty())
    report.wrong("jobs", given_up + " given up",
                 "`soundhub admin jobs` says why; `soundhub admin retry JOB` tries one again.");
  if (refused > 0)  // most often a mailbox is gone, which is nothing that this instance can mend
    report.note("jobs",
                fmt::format("{} of mail refused for good by the mail server: `soundhub admin jobs` says how", refused));
}

void look_at_jobs(storage::Database& db, Time now, Report& report) {
  const auto waiting = db.read([](storage::ReadTx& tx) { return storage::jobs::waiting(tx); });
  if (!waiting) return report.wrong("jobs", waiting.error(), "See the database above.");
  for (const auto& row : *waiting) {
    if (row.state == storage::jobs::State::dead) continue;
    const auto text = fmt::format("{} of {} {}", row.count, row.kind, storage::jobs::to_string(row.state));
    if (row.state == storage::jobs::State::queued && row.oldest + long_wait < now)
      report.wrong("jobs", text + ", the oldest for more than ten minutes",
                   "Is `soundhub work` running? Are there too few?");
    else
      report.fine("jobs", text);
  }
  look_at_dead_jobs(db, report);
}

void look_at_database(const Config& config, Report& report) {
  constexpr std::string_view what = "database";
  const auto place = database_place(config);
  const auto db = open_database(config, place);
  if (!db)
    return report.wrong(what, db.error(), "Check `database`, its password, and that the server lets this host in.");
  const auto version = (*db)->read([](storage::ReadTx& tx) { return storage::schema_version(tx); });
  if (!version) return report.wrong(what, version.error(), "The user needs all rights on its own schema.");
  const int wanted = storage::latest_step();
  const auto steps = fmt::format("{}, schema step {} of {}", printable(place), *version, wanted);
  if (*version > wanted) return report.wrong(what, steps, "A newer SoundHub was here: start that one.");
  if (*version < wanted)
    report.note(what, steps + ": `soundhub migrate` or the next start brings it up");
  else
    report.fine(what, steps);
  if (*version > 0) look_at_jobs(**db, SystemClock{}.now(), report);
}

Result<void> round_trip(blobs::BlobStore& store) {
  SH_CHECK(store.check());
  constexpr std::string_view text = "soundhub doctor was here";
  SH_TRY(const auto blob, blobs::put(store, as_bytes(text)));
  SH_TRY(const auto source, store.open(blob.key));
  SH_TRY(const auto read, read_all(*source, 100));
  if (read != text) return fail(Errc::internal, "blob.damaged", "what was put isn't what came back");
  return {};
}

void look_at_blobs(const Config& config, Report& report) {
  constexpr std::string_view what = "blob store";
  const auto place = blobs_place(config);
  const auto store = open_blobs(config, place);
  const auto done = store ? round_trip(**store) : Result<void>{tl::unexpected(store.error())};
  if (!done)
    return report.wrong(what, done.error(),
                        "Check `blobs`, the s3-… settings, the credentials and the bucket's policy.");
  report.fine(what, printable(place) + ": put and read back");
}

void look_at_space(const Config& config, Report& report) {
  if (!config.database.url.empty() && !config.blobs.url.empty()) return;
  struct statvfs facts {};
  if (::statvfs(config.data.c_str(), &facts) != 0)
    return report.wrong("space", config.data + " can't be looked at", "Does the folder exist, and is it this user's?");
  const auto bytes = std::uint64_t{facts.f_bavail} * facts.f_frsize;
  const auto text = fmt::format("{} GB free in {}", bytes / 1'000'000'000, config.data);
  if (bytes < little_space)
    report.wrong("space", text, "Make room: when it is full uploads are refused (nothing that was taken is lost).");
  else
    report.fine("space", text);
}

Result<void> reach(const MailConfig& config) {
  SH_TRY(const auto smtp, mail::Smtp::open(smtp_options(config)));
  return smtp->check();
}

void look_at_mail(const Config& config, Report& report) {
  if (config.mail.url.empty())
    report.note("mail", "no server is set (smtp): SoundHub works, but sends none");
  else if (const auto done = reach(config.mail); !done)
    report.wrong("mail", done.error(), "Check smtp, smtp-user, smtp-password and smtp-ca; mails wait meanwhile.");
  else
    report.fine("mail", config.mail.url + " as " + config.mail.from + " lets us in");
}

Result<void> examine(const Call& call) {
  Report report;
  report.fine("settings", "every name is known and every value can be meant");
  look_at_media(call.config, report);
  look_at_database(call.config, report);
  look_at_blobs(call.config, report);
  look_at_space(call.config, report);
  look_at_mail(call.config, report);
  if (report.count() > 0) return fail(Errc::invalid, "doctor", fmt::format("{} things are wrong", report.count()));
  return {};
}

}  // namespace

int check_config(std::span<const std::string> words) {
  return with_call("soundhub check-config: every setting, its value, and where that comes from; 2 if one is wrong\n",
                   table_option, Scope::serving, words, print_settings);
}

int doctor(std::span<const std::string> words) {
  return with_call("soundhub doctor: tries all that an instance stands on and says what is wrong and what to do\n", {},
                   Scope::serving, words, examine);
}

}  // namespace soundhub::app
