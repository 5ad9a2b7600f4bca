// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace soundhub::app {

/// What an operator watches, in Prometheus' text format 0.0.4. Thread-safe. Families appear in the order of their
/// declaration; a series (a family with one set of label values) when it is first counted.
class Metrics {
 public:
  enum class Kind { counter, gauge, histogram };
  /// Upper bounds in seconds, from a cached read to a render.
  static constexpr std::array<double, 12> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 10, 60};

  /// `labels` are the labels' names, in the order in which their values are given later.
  void declare(std::string_view name, Kind kind, std::string_view help, std::vector<std::string> labels = {});
  using Values = std::vector<std::string_view>;
  void add(std::string_view counter, const Values& labels = {}, double by = 1);
  void set(std::string_view gauge, const Values& labels, double value);
  void observe(std::string_view histogram, const Values& labels, double seconds);
  /// Forgets all series of a gauge that is about to be set afresh.
  void clear(std::string_view gauge);

  std::string text() const;

 private:
  struct Series {
    std::vector<std::string> labels;
    double value{};  ///< a histogram's sum
    std::array<std::uint64_t, bounds.size() + 1> counts{};
  };
  struct Family {
    std::string name, help;
    Kind kind{};
    std::vector<std::string> labels;
    std::map<std::string, Series> series;
  };
  Series& series(std::string_view name, const Values& labels);
  static void print(std::string& out, const Family& family);

  mutable std::mutex mutex_;
  std::vector<Family> families_;
};

}  // namespace soundhub::app
