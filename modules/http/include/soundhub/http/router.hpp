// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "soundhub/http/message.hpp"

namespace soundhub::http {

using Handler = std::function<Response(Request&)>;

/// What a request to a route may cost; checked before its body is read.
struct Limits {
  std::uint64_t body_bytes{64 * 1024};
  std::chrono::milliseconds deadline{30'000};  ///< from the head's end to the handler's answer
  /// A body that moves slower than this for 10 s is cut off, whatever the deadline.
  std::uint64_t least_body_bytes_per_second{256};
};

struct Route {
  Method method{};
  std::string pattern;  ///< "/api/v1/songs/{id}"; a last segment "{rest...}" takes all that follows, slashes included
  Limits limits;
  Handler handler;
};

/// Finds the handler of a path. Built once, then only read: any thread. Literal segments win over {names}.
/// A known path with another method is 405 with Allow; HEAD falls back to GET; OPTIONS is answered with Allow.
class Router {
 public:
  struct Match {
    const Route* route{};
    std::map<std::string, std::string, std::less<>> params;
    std::vector<Method> allowed;  ///< when the path exists but not with this method
  };
  void add(Route route);
  /// For every GET/HEAD that no route takes (the web app's pages).
  void set_fallback(Handler handler) { fallback_ = Route{Method::get, "/{rest...}", {}, std::move(handler)}; }
  Match find(Method method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }
  const Route* fallback() const { return fallback_.handler ? &fallback_ : nullptr; }

 private:
  /// Index into routes_ by method; -1: none.
  using Slots = std::array<int, 7>;
  static constexpr Slots no_routes{-1, -1, -1, -1, -1, -1, -1};
  /// One segment of the patterns' tree.
  struct Node {
    std::map<std::string, int, std::less<>> literal;
    int named{-1};
    Slots exact{no_routes}, rest{no_routes};
  };
  int child(int node, const std::string& segment);
  int walk(int node, const std::vector<std::string>& path, std::size_t at, Method method,
           std::vector<Method>& allowed) const;
  static int pick(const Slots& slots, Method method, std::vector<Method>& allowed);

  std::vector<Route> routes_;
  std::vector<Node> nodes_{1};
  Route fallback_;
};

}  // namespace soundhub::http
