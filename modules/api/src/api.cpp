// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/api/api.hpp"

#include <algorithm>

#include "access.hpp"
#include "event_hub.hpp"
#include "pages.hpp"
#include "routes.hpp"

namespace soundhub::api {
namespace {

// Our own files only, and WebAssembly from them; audio also from where it is kept, if links lead there.
std::string content_policy(const std::string& media_origin) {
  const auto media = media_origin.empty() ? std::string{} : " " + media_origin;
  return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
         "media-src 'self' blob:" +
         media + "; font-src 'self'; connect-src 'self'" + media +
         "; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
}

// COOP and COEP: the mixer's SharedArrayBuffer needs an isolated page.
void add_security_headers(http::Response& response, const http::Request& request, const std::string& policy) {
  auto& headers = response.headers;
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "strict-origin-when-cross-origin");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)");
  headers.set("Content-Security-Policy", policy);
  if (request.secure) headers.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
}

http::Handler handler_of(Services& services, const Row& row, const std::string& policy) {
  return [&services, &policy, access = row.access, handle = row.handle](http::Request& request) {
    const auto run = [&]() -> http::Response {
      const auto caller = caller_of(services.accounts, request);
      if (!caller) return answer(caller.error());
      if (const auto checked = check_origin(request, *caller); !checked) return answer(checked.error());
      if (access == Access::account && !caller->known)
        return answer(Error{Errc::unauthenticated, "account.login_needed", {}});
      return handle(request, *caller);
    };
    auto response = run();
    add_security_headers(response, request, policy);
    return response;
  };
}

}  // namespace

Result<std::int64_t> path_number(const http::Request& request, std::string_view name) {
  const auto number = parse_integer(request.params.find(name)->second);
  if (!number || *number < 0) return fail(Errc::not_found, "not_found");
  return *number;
}

Result<PageQuery> page_query(const http::Request& request) {
  PageQuery page;
  if (const auto after = request.query_value("after")) {
    page.after = parse_integer(*after);
    if (!page.after) return fail(Errc::invalid, "page_invalid");
  }
  if (const auto limit = request.query_value("limit")) {
    const auto number = parse_integer(*limit);
    if (!number || *number < 1 || *number > 50) return fail(Errc::invalid, "page_invalid");
    page.limit = static_cast<int>(*number);
  }
  return page;
}

class Api::Impl {
 public:
  Impl(Services services, WebApp web, std::function<Result<void>()> ready, const Log& log,
       const std::string& media_origin)
      : services_{services},
        policy_{content_policy(media_origin)},
        pages_{services, std::move(web)},
        hub_{services.events, log} {
    Rows rows;
    add_accounts(rows, services_);
    add_uploads(rows, services_);
    add_songs(rows, services_);
    add_parts(rows, services_);
    add_takes(rows, services_);
    add_mixes(rows, services_);
    add_releases(rows, services_);
    add_events(rows, services_, hub_);
    add_mail(rows, services_);
    add_health(rows, std::move(ready));
    for (const auto& row : rows) {
      router_.add({row.method, row.pattern, row.limits, handler_of(services_, row, policy_)});
      routes_.push_back({row.method, row.pattern, row.access});
    }
    router_.set_fallback([this](http::Request& request) {
      auto response = pages_.file_or_page(request);
      add_security_headers(response, request, policy_);
      return response;
    });
  }

  Services services_;
  std::string policy_;
  Pages pages_;
  EventHub hub_;
  http::Router router_;
  std::vector<RouteInfo> routes_;
};

Api::Api(Services services, WebApp web, std::function<Result<void>()> ready, const Log& log,
         const std::string& media_origin)
    : impl_{std::make_unique<Impl>(services, std::move(web), std::move(ready), log, media_origin)} {}
Api::~Api() = default;
const http::Router& Api::router() const {
  return impl_->router_;
}
const std::vector<RouteInfo>& Api::routes() const {
  return impl_->routes_;
}

}  // namespace soundhub::api
