// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fmt/format.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "client.hpp"
#include "soundhub/base/random.hpp"
#include "soundhub/http/message.hpp"
#include "verb.hpp"
#include "verbs.hpp"

// The demo community: musicians sign up, put up songs, answer, mix and release, through the public API like anyone.
// Each step looks first whether it was done, so a demo that broke off goes on where it stopped.
namespace soundhub::app {
namespace {

namespace json = boost::json;

constexpr std::array options{
    Option{"server", "URL", "http://127.0.0.1:8000", "the SoundHub to bring the songs to"},
    Option{"from", "DIR", "build/demo", "what demo/render made"},
    Option{"login", "FILE", "demo-login.txt", "where the demo musicians' password is kept"},
};

constexpr auto patience = std::chrono::minutes{5};
constexpr auto look_again = std::chrono::milliseconds{300};

std::string text(const json::value& object, std::string_view name) {
  return std::string{object.at(name).as_string()};
}

Result<json::value> read_json(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return fail(Errc::not_found, "demo.no_manifest", path + " isn't there: run demo/render first");
  std::stringstream whole;
  whole << in.rdbuf();
  json::error_code error;
  auto value = json::parse(whole.str(), error);
  if (error) return fail(Errc::invalid, "demo.no_manifest", path + ": " + error.message());
  return value;
}

// One random password for all of them, kept in a file that only its owner reads.
Result<std::string> password(const std::string& path) {
  std::string kept;
  if (std::ifstream in{path}; in >> kept) return kept;
  SystemRandom random;
  kept = random_token(random, 12);
  const auto mask = ::umask(077);
  std::ofstream out{path};
  ::umask(mask);
  if (!(out << kept << '\n')) return fail(Errc::invalid, "demo.login_file", "can't write " + path);
  return kept;
}

class Demo {
 public:
  Demo(std::string server, std::string folder, std::string password)
      : server_{std::move(server)}, folder_{std::move(folder)}, password_{std::move(password)} {}

  Result<void> bring(const json::value& manifest) {
    for (const auto& musician : manifest.at("musicians").as_array()) {
      Client client{server_};
      SH_CHECK(client.enter(text(musician, "id") + "@demo.invalid.example", text(musician, "nickname"), password_));
      nicknames_[text(musician, "id")] = text(musician, "nickname");
      musicians_.emplace(text(musician, "id"), std::move(client));
    }
    for (const auto& song : manifest.at("songs").as_array()) SH_CHECK(bring_song(song));
    return {};
  }

 private:
  Result<void> bring_song(const json::value& song) {
    auto& owner = musicians_.at(text(song, "owner"));
    SH_TRY(const auto id, find_or_create(owner, song));
    const auto path = fmt::format("/api/v1/songs/{}", id);
    for (const auto& part : song.at("parts").as_array())
      if (text(part, "state") != "owner") SH_CHECK(offer(path, part));
    SH_TRY(auto view, wait_for_takes(owner, path));
    for (const auto& part : song.at("parts").as_array())
      if (text(part, "state") == "accepted") SH_CHECK(accept(owner, view, part));
    if (song.at("released").as_bool()) {
      SH_TRY(view, owner.get(path));
      SH_CHECK(release(owner, path, view, song));
    }
    fmt::print("  {}: {} parts\n", text(song, "title"), song.at("parts").as_array().size());
    std::fflush(stdout);
    return {};
  }

  Result<std::int64_t> find_or_create(Client& owner, const json::value& song) {
    SH_TRY(const auto page,
           owner.get("/api/v1/songs?limit=50&owner=" + http::percent_encode(nicknames_.at(text(song, "owner")))));
    for (const auto& known : page.at("songs").as_array())
      if (text(known, "title") == text(song, "title")) return known.at("id").as_int64();
    const auto& first = song.at("parts").as_array().front();
    SH_TRY(const auto upload, owner.upload(folder_ + "/" + text(first, "file")));
    SH_TRY(const auto made, owner.post("/api/v1/songs", json::object{{"title", song.at("title")},
                                                                     {"instrument", first.at("instrument")},
                                                                     {"note", first.at("note")},
                                                                     {"genre", song.at("genre")},
                                                                     {"tempo_bpm", song.at("tempo_bpm")},
                                                                     {"musical_key", song.at("key")},
                                                                     {"licence", song.at("licence")},
                                                                     {"text", song.at("text")},
                                                                     {"seats", song.at("seats")},
                                                                     {"upload_id", upload}}));
    SH_TRY(const auto view, wait_for_takes(owner, fmt::format("/api/v1/songs/{}", made.at("id").as_int64())));
    return view.at("id").as_int64();
  }

  // The part as it stands in the song, or null: by who plays what.
  const json::value* find_part(const json::value& view, const json::value& part) const {
    for (const auto& known : view.at("parts").as_array())
      if (text(known.at("author"), "nickname") == nicknames_.at(text(part, "musician")) &&
          known.at("instrument") == part.at("instrument") && known.at("note") == part.at("note"))
        return &known;
    return nullptr;
  }

  Result<void> offer(const std::string& path, const json::value& part) {
    auto& musician = musicians_.at(text(part, "musician"));
    SH_TRY(const auto view, musician.get(path));
    if (find_part(view, part) != nullptr) return {};
    SH_TRY(const auto upload, musician.upload(folder_ + "/" + text(part, "file")));
    SH_CHECK(musician.post(
        path + "/parts",
        json::object{{"instrument", part.at("instrument")}, {"note", part.at("note")}, {"upload_id", upload}}));
    return {};
  }

  // The song, once nothing in it is being looked at any more.
  Result<json::value> wait_for_takes(Client& client, const std::string& path) {
    return wait(client, path, [](const json::value& view) -> Result<bool> {
      for (const auto& part : view.at("parts").as_array()) {
        const auto state = text(part.at("take"), "state");
        if (state == "rejected") return fail(Errc::invalid, "demo.rejected", text(part.at("take"), "file_name"));
        if (state != "ready") return false;
      }
      return true;
    });
  }

  template <class Done>
  Result<json::value> wait(Client& client, const std::string& path, Done done) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
      SH_TRY(auto view, client.get(path));
      SH_TRY(const bool ready, done(view));
      if (ready) return view;
      std::this_thread::sleep_for(look_again);
    }
    return fail(Errc::unavailable, "demo.too_slow", path);
  }

  Result<void> accept(Client& owner, const json::value& view, const json::value& part) {
    const auto* known = find_part(view, part);
    if (known == nullptr || text(*known, "state") != "offered") return {};
    SH_CHECK(owner.post(fmt::format("/api/v1/parts/{}/accept", known->at("id").as_int64()), json::object{}));
    return {};
  }

  Result<void> release(Client& owner, const std::string& path, const json::value& view, const json::value& song) {
    if (!view.at("releases").as_array().empty()) return {};
    json::array channels;
    for (const auto& part : song.at("parts").as_array()) {
      const auto* known = find_part(view, part);
      if (known == nullptr || text(*known, "state") != "accepted") continue;
      const auto& mix = part.at("mix");
      channels.push_back(
          json::object{{"part_id", known->at("id")},
                       {"take_id", known->at("take").at("id")},
                       {"gain_db", mix.at("gain_db")},
                       {"pan", mix.at("pan")},
                       {"offset_frames", static_cast<std::int64_t>(mix.at("offset_ms").to_number<double>() * 48)}});
    }
    json::object wanted{{"settings", json::object{{"channels", channels}, {"master", json::object{{"gain_db", 0}}}}}};
    if (const auto* newest = view.as_object().if_contains("mix")) wanted["parent_id"] = newest->at("id");
    SH_TRY(const auto saved, owner.post(path + "/mixes", wanted));
    SH_TRY(const auto made, owner.post(path + "/releases", json::object{{"mix_id", saved.at("id")}}));
    SH_CHECK(wait(owner, fmt::format("/api/v1/releases/{}", made.at("id").as_int64()),
                  [](const json::value& r) -> Result<bool> {
                    if (text(r, "state") == "failed") return fail(Errc::internal, "demo.release_failed");
                    return text(r, "state") == "ready";
                  }));
    return {};
  }

  std::string server_, folder_, password_;
  std::map<std::string, Client> musicians_;
  std::map<std::string, std::string> nicknames_;
};

Result<void> run(const Options& given) {
  SH_TRY(const auto manifest, read_json(given["from"] + "/manifest.json"));
  SH_TRY(const auto secret, password(given["login"]));
  SH_CHECK((Demo{given["server"], given["from"], secret}.bring(manifest)));
  fmt::print("To be one of the demo musicians, log in as {}@demo.invalid.example with the password in {}\n",
             text(manifest.at("musicians").as_array().front(), "id"), given["login"]);
  return {};
}

}  // namespace

int demo(std::span<const std::string> words) {
  const auto parsed = parse_verb("soundhub demo: brings the demo songs to a server, through its public API\n", options,
                                 Scope::none, words);
  if (!parsed.call) return parsed.exit_code;
  const auto done = run(parsed.call->options);
  return done ? 0 : report(done.error());
}

}  // namespace soundhub::app
