// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "routes.hpp"

namespace soundhub::api {

/// The web app: its files, and its one page with what the address shows written into it (title, Open Graph, the first
/// view as text, and the JSON that the page would fetch first).
class Pages {
 public:
  Pages(Services services, WebApp web);
  http::Response file_or_page(const http::Request& request) const;

 private:
  struct Page;
  http::Response page(const http::Request& request) const;
  Page content(const http::Request& request, const Caller& caller) const;
  Services services_;
  WebApp web_;
};

}  // namespace soundhub::api
