// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "soundhub/http/router.hpp"
#include "soundhub/http/static_files.hpp"
#include "soundhub/services/accounts.hpp"
#include "soundhub/services/events.hpp"
#include "soundhub/services/listening.hpp"
#include "soundhub/services/mails.hpp"
#include "soundhub/services/mixes.hpp"
#include "soundhub/services/parts.hpp"
#include "soundhub/services/passwords.hpp"
#include "soundhub/services/releases.hpp"
#include "soundhub/services/songs.hpp"
#include "soundhub/services/uploads.hpp"

namespace soundhub::api {

/// The use cases behind the routes; all thread-safe and outlive the api.
struct Services {
  services::Accounts& accounts;
  services::Uploads& uploads;
  services::Songs& songs;
  services::Parts& parts;
  services::Listening& listening;
  services::Mixes& mixes;
  services::Releases& releases;
  services::Events& events;
  services::Passwords& passwords;
  services::MailChoices& mail_choices;
};

/// The web app as it was built.
struct WebApp {
  std::string index_html;  ///< with the places where the server writes (see web/README.md)
  std::vector<http::StaticFile> files;
};

enum class Access { anyone, account };

/// What a route's row says besides its handler; the OpenAPI document is checked against this.
struct RouteInfo {
  http::Method method{};
  std::string pattern;
  Access access{};
};

/// The route table over the services: parses, asks, answers. Owns the thread that hands events to their streams.
class Api {
 public:
  /// `ready` is asked by /readyz: an error makes it 503. `media_origin` ("https://host:port"; may be empty) is where
  /// pages may fetch audio besides here: BlobStore::link_origin() if listening is delivered by redirect.
  Api(Services services, WebApp web, std::function<Result<void>()> ready, const Log& log,
      const std::string& media_origin = {});
  ~Api();
  const http::Router& router() const;
  const std::vector<RouteInfo>& routes() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace soundhub::api
