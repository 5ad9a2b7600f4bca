// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/http/router.hpp"

#include <algorithm>

#include "text.hpp"

namespace soundhub::http {
namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> out;
  split(path.substr(std::min<std::size_t>(1, path.size())), '/',
        [&](std::string_view segment) { out.emplace_back(segment); });
  return out;
}

bool is_name(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}
bool is_rest(std::string_view segment) {
  return is_name(segment) && segment.ends_with("...}");
}

std::string name_of(std::string_view segment) {
  const auto dots = is_rest(segment) ? 3u : 0u;
  return std::string{segment.substr(1, segment.size() - 2 - dots)};
}

std::string join_from(const std::vector<std::string>& segments, std::size_t first) {
  std::string out;
  for (std::size_t i = first; i < segments.size(); ++i) out += (i == first ? "" : "/") + segments[i];
  return out;
}

constexpr std::size_t slot(Method method) {
  return static_cast<std::size_t>(method);
}

}  // namespace

int Router::child(int node, const std::string& segment) {
  const auto index = static_cast<std::size_t>(node);
  int next = -1;
  if (is_name(segment)) {
    next = nodes_[index].named;
  } else if (const auto found = nodes_[index].literal.find(segment); found != nodes_[index].literal.end()) {
    next = found->second;
  }
  if (next >= 0) return next;
  next = static_cast<int>(nodes_.size());
  if (is_name(segment))
    nodes_[index].named = next;
  else
    nodes_[index].literal.emplace(segment, next);
  nodes_.emplace_back();
  return next;
}

void Router::add(Route route) {
  int node = 0;
  bool rest = false;
  for (const auto& segment : segments_of(route.pattern)) {
    if (is_rest(segment))
      rest = true;
    else
      node = child(node, segment);
  }
  auto& end = nodes_[static_cast<std::size_t>(node)];
  (rest ? end.rest : end.exact)[slot(route.method)] = static_cast<int>(routes_.size());
  routes_.push_back(std::move(route));
}

/// HEAD is answered by GET's route unless it has one of its own.
int Router::pick(const Slots& slots, Method method, std::vector<Method>& allowed) {
  for (std::size_t m = 0; m < slots.size(); ++m)
    if (slots[m] >= 0 &&
        std::find(allowed.begin(), allowed.end(), Method{static_cast<std::uint8_t>(m)}) == allowed.end())
      allowed.push_back(Method{static_cast<std::uint8_t>(m)});
  if (slots[slot(method)] >= 0) return slots[slot(method)];
  return method == Method::head ? slots[slot(Method::get)] : -1;
}

int Router::walk(int node, const std::vector<std::string>& path, std::size_t at, Method method,
                 std::vector<Method>& allowed) const {
  const auto& here = nodes_[static_cast<std::size_t>(node)];
  if (at == path.size()) return pick(here.exact, method, allowed);
  if (const auto found = here.literal.find(path[at]); found != here.literal.end())
    if (const int route = walk(found->second, path, at + 1, method, allowed); route >= 0) return route;
  if (here.named >= 0 && !path[at].empty())
    if (const int route = walk(here.named, path, at + 1, method, allowed); route >= 0) return route;
  return pick(here.rest, method, allowed);
}

Router::Match Router::find(Method method, std::string_view path) const {
  Match match;
  const auto segments = segments_of(path);
  const int index = walk(0, segments, 0, method, match.allowed);
  if (index < 0) return match;
  match.allowed.clear();
  match.route = &routes_[static_cast<std::size_t>(index)];
  const auto pattern = segments_of(match.route->pattern);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_rest(pattern[i]))
      match.params.emplace(name_of(pattern[i]), join_from(segments, i));
    else if (is_name(pattern[i]))
      match.params.emplace(name_of(pattern[i]), segments[i]);
  }
  return match;
}

}  // namespace soundhub::http
