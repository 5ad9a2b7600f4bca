// SPDX-License-Identifier: AGPL-3.0-or-later
#include "metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace soundhub::app {
namespace {

constexpr std::string_view to_string(Metrics::Kind kind) {
  switch (kind) {
    case Metrics::Kind::counter:
      return "counter";
    case Metrics::Kind::gauge:
      return "gauge";
    case Metrics::Kind::histogram:
      break;
  }
  return "histogram";
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

/// {kind="ingest",le="0.5"}, or nothing.
std::string braces(const std::vector<std::string>& names, const std::vector<std::string>& values,
                   std::string_view bound = {}) {
  std::string out;
  const auto add = [&](std::string_view name, std::string_view value) {
    out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", name, escaped(value));
  };
  for (std::size_t i = 0; i < names.size(); ++i) add(names[i], values[i]);
  if (!bound.empty()) add("le", bound);
  return out.empty() ? out : "{" + out + "}";
}

}  // namespace

void Metrics::declare(std::string_view name, Kind kind, std::string_view help, std::vector<std::string> labels) {
  const std::lock_guard lock{mutex_};
  families_.push_back({std::string{name}, std::string{help}, kind, std::move(labels), {}});
}

Metrics::Series& Metrics::series(std::string_view name, const Values& labels) {
  const auto family = std::ranges::find(families_, name, &Family::name);
  if (family == families_.end() || family->labels.size() != labels.size())
    throw std::logic_error("no such metric: " + std::string{name});
  auto& series = family->series[fmt::format("{}", fmt::join(labels, "\x1f"))];
  if (series.labels.size() != labels.size()) series.labels.assign(labels.begin(), labels.end());
  return series;
}

void Metrics::add(std::string_view counter, const Values& labels, double by) {
  const std::lock_guard lock{mutex_};
  series(counter, labels).value += by;
}

void Metrics::set(std::string_view gauge, const Values& labels, double value) {
  const std::lock_guard lock{mutex_};
  series(gauge, labels).value = value;
}

void Metrics::observe(std::string_view histogram, const Values& labels, double seconds) {
  const std::lock_guard lock{mutex_};
  auto& found = series(histogram, labels);
  found.value += seconds;
  ++found.counts[static_cast<std::size_t>(std::ranges::lower_bound(bounds, seconds) - bounds.begin())];
}

void Metrics::clear(std::string_view gauge) {
  const std::lock_guard lock{mutex_};
  const auto family = std::ranges::find(families_, gauge, &Family::name);
  if (family != families_.end()) family->series.clear();
}

void Metrics::print(std::string& out, const Family& family) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "# HELP {} {}\n# TYPE {} {}\n", family.name, family.help, family.name, to_string(family.kind));
  for (const auto& [key, series] : family.series) {
    const auto labels = braces(family.labels, series.labels);
    if (family.kind != Kind::histogram) {
      fmt::format_to(to, "{}{} {}\n", family.name, labels, series.value);
      continue;
    }
    std::uint64_t count = 0;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
      count += series.counts[i];
      const auto bound = i < bounds.size() ? fmt::format("{}", bounds[i]) : "+Inf";
      fmt::format_to(to, "{}_bucket{} {}\n", family.name, braces(family.labels, series.labels, bound), count);
    }
    fmt::format_to(to, "{}_sum{} {}\n{}_count{} {}\n", family.name, labels, series.value, family.name, labels, count);
  }
}

std::string Metrics::text() const {
  const std::lock_guard lock{mutex_};
  std::string out;
  for (const auto& family : families_) print(out, family);
  return out;
}

}  // namespace soundhub::app
