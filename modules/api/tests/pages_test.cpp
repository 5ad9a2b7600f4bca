// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "requests.hpp"
#include "soundhub/blobs/folder.hpp"
#include "soundhub/services/password_hasher.hpp"
#include "soundhub/storage/accounts.hpp"
#include "soundhub/storage/songs.hpp"
#include "soundhub/storage/testing/temp_database.hpp"

namespace soundhub::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view index_html =
    "<!doctype html><html lang=\"en\" data-theme><head><!--soundhub:head--></head><body><!--soundhub:first-view-->"
    "<!--soundhub:boot--></body></html>";

/// The pages over real services; songs are put straight into the database.
class PagesTest : public ::testing::Test {
 protected:
  SongId song(const std::string& title, const std::string& text = "", bool published = true) {
    return db_
        ->write([&](storage::WriteTx& tx) -> Result<SongId> {
          SH_TRY(const auto owner, storage::accounts::insert(tx, {.email = "mina@example.org", .nickname = "mina"}));
          return storage::songs::insert(tx,
                                        {.owner = {owner, {}}, .title = title, .text = text, .published = published});
        })
        .value();
  }
  http::Response get(const std::string& path, http::Headers headers = {}) {
    http::Request request;
    request.path = path;
    request.host = "music.example";
    request.headers = std::move(headers);
    return pages_.file_or_page(request);
  }
  std::string page(SongId id) { return text_of(get("/songs/" + std::to_string(id.value))); }
  static std::string boot(const std::string& html) {
    const std::string begin = "<script type=\"application/json\" id=\"boot\">";
    const auto at = html.find(begin) + begin.size();
    return html.substr(at, html.find("</script>", at) - at);
  }

  storage::testing::TempDatabase db_;
  storage::testing::TempFolder folder_;
  std::unique_ptr<blobs::BlobStore> blobs_{blobs::open_folder(folder_.path() / "blobs").value()};
  SystemClock clock_;
  SystemRandom random_;
  Log log_{Log::silent()};
  services::Context context_{*db_, *blobs_, clock_, random_, log_};
  services::PasswordHasher hasher_{{.operations = 1, .memory_bytes = 8192, .parallel = 1}};
  services::Accounts accounts_{context_, hasher_};
  services::Uploads uploads_{context_, {}};
  services::Songs songs_{context_, uploads_};
  services::Parts parts_{context_, uploads_};
  services::Listening listening_{context_};
  services::Mixes mixes_{context_};
  services::Releases releases_{context_, 1};
  services::Events events_{context_};
  services::Passwords passwords_{context_, hasher_};
  services::MailChoices mail_choices_{context_};
  Pages pages_{{accounts_, uploads_, songs_, parts_, listening_, mixes_, releases_, events_, passwords_, mail_choices_},
               {std::string{index_html}, {}}};
};

TEST_F(PagesTest, APageMayFetchAudioWhereItIsKeptAndNowhereElse) {
  const auto policy_of = [&](const std::string& media_origin) {
    const Api api{
        {accounts_, uploads_, songs_, parts_, listening_, mixes_, releases_, events_, passwords_, mail_choices_},
        {std::string{index_html}, {}},
        [] { return Result<void>{}; },
        log_,
        media_origin};
    http::Request request;
    request.path = "/";
    request.host = "music.example";
    const auto response = api.router().fallback()->handler(request);
    return std::string{response.headers.find("Content-Security-Policy").value()};
  };
  EXPECT_THAT(policy_of(""), HasSubstr("media-src 'self' blob:; font-src 'self'; connect-src 'self';"));
  const auto policy = policy_of("https://s3.example");
  EXPECT_THAT(policy, HasSubstr("media-src 'self' blob: https://s3.example;"));
  EXPECT_THAT(policy, HasSubstr("connect-src 'self' https://s3.example;"));
  EXPECT_THAT(policy, HasSubstr("script-src 'self' 'wasm-unsafe-eval';"));
}

TEST_F(PagesTest, ATitleCantEndTheScriptItIsWrittenInto) {
  const std::string title = "</script><script>alert(1)</script><!--";
  const auto html = page(song(title));
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  const auto data = boost::json::parse(boot(html)).as_object();
  EXPECT_EQ(data.at("data").at("title").as_string(), title) << "and is still the title";
}

TEST_F(PagesTest, ATitleCantEndTheAttributeItIsWrittenInto) {
  const auto html = page(song("Salt & \"Pepper\" <b>", "a \"text\" & more"));
  EXPECT_THAT(html, HasSubstr("og:title\" content=\"Salt &amp; &quot;Pepper&quot; &lt;b&gt; · mina · SoundHub\""));
  EXPECT_THAT(html, HasSubstr("og:description\" content=\"a &quot;text&quot; &amp; more\""));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
}

TEST_F(PagesTest, ATextThatNamesAPlaceOfThePageIsNotFilledIn) {
  const auto html = page(song("<!--soundhub:boot-->", "<!--soundhub:first-view-->"));
  EXPECT_THAT(html, Not(HasSubstr("<!--soundhub:")));
  EXPECT_NO_THROW(boost::json::parse(boot(html)));
}

TEST_F(PagesTest, AHostCantWriteIntoThePage) {
  http::Request request;
  request.path = "/";
  request.host = "x\"><script>alert(1)</script>";
  EXPECT_THAT(text_of(pages_.file_or_page(request)), Not(HasSubstr("<script>alert")));
}

TEST_F(PagesTest, ASongThatIsntThereForTheVisitorIs404WithoutItsTitle) {
  const auto response = get("/songs/" + std::to_string(song("Secret", "", false).value));
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(text_of(response), Not(HasSubstr("Secret")));
  EXPECT_EQ(get("/songs/999").status, 404);
}

TEST_F(PagesTest, ThePageSpeaksTheBrowsersLanguageAndTheVisitorsChoiceGoesFirst) {
  EXPECT_THAT(text_of(get("/", {{"Accept-Language", "ko-KR,ko;q=0.9,en;q=0.8"}})), HasSubstr("<html lang=\"ko\""));
  EXPECT_THAT(text_of(get("/", {{"Accept-Language", "en-GB,ko;q=0.5"}})), HasSubstr("<html lang=\"en\""));
  EXPECT_THAT(text_of(get("/", {{"Accept-Language", "en"}, {"Cookie", "lang=ko"}})), HasSubstr("<html lang=\"ko\""));
  EXPECT_THAT(text_of(get("/", {{"Cookie", "theme=dark"}})), HasSubstr("data-theme=\"dark\">"));
  EXPECT_THAT(text_of(get("/", {{"Cookie", "theme=\"><script>"}})), HasSubstr("data-theme><head>"));
}

TEST_F(PagesTest, AnUnknownCallIsAProblemAndNotAPage) {
  const auto response = get("/api/v1/nothing");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(json_of_body(response).at("key").as_string(), "not_found");
}

}  // namespace
}  // namespace soundhub::api
