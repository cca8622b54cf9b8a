// What a benchmark run found: one line per figure, each with what it is held against.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace guildhall::bench {

struct Figure {
  std::string scenario;
  std::string what;
  std::string measured;
  std::string against;         ///< the bar, or the figure it is compared with
  std::optional<bool> is_met;  ///< nullopt: no bar is set for it
};

class Report {
 public:
  Report();
  void add(Figure figure);
  /// A failure of the run itself: a refused call, a missing ledger row. Fails the whole benchmark.
  void fail(const std::string& scenario, const std::string& what);
  bool has_failed() const { return !failures_.empty(); }
  /// The figures are of this process alone: there is no server, and no ledger to check.
  void set_in_process() { is_in_process_ = true; }
  /// Markdown: host, commit and flags, the table, the failures, the bars that were missed.
  std::string text() const;

 private:
  double load_average_ = 0;  ///< of the minute before the run: what else the machine was doing
  bool is_in_process_ = false;
  std::vector<Figure> figures_;
  std::vector<std::string> failures_;
};

/// "12.3 ms", "850 µs", "1.5 s".
std::string duration_text(double us);
std::string bytes_text(double bytes);
/// "12,345".
std::string count_text(double count);
std::string percent_text(double share);

}  // namespace guildhall::bench
