// The registry of metric series and its text form. Series are never removed, so references to them stay valid.
#include "base/metrics.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace guildhall::metrics {

namespace {

enum class Kind { counter, gauge, histogram };

struct Family {
  Kind kind;
  std::string help;
  std::map<std::string, std::unique_ptr<Counter>, std::less<>> counters;
  std::map<std::string, std::unique_ptr<Histogram>, std::less<>> histograms;
  std::function<std::int64_t()> read;
};

struct Registry {
  std::mutex mutex;
  std::map<std::string, Family, std::less<>> families;
};

/// Never destroyed: threads may still count while the process ends.
Registry& registry() {
  static auto* const all = new Registry;
  return *all;
}

/// The caller holds the registry's mutex.
Family& family_of(std::string_view name, std::string_view help, Kind kind) {
  auto& families = registry().families;
  auto at = families.find(name);
  if (at == families.end()) {
    at = families.emplace(std::string(name), Family{kind, std::string(help), {}, {}, {}}).first;
  }
  if (at->second.kind != kind) throw std::logic_error("metric " + std::string(name) + " is registered as another kind");
  return at->second;
}

template <class Series>
Series& series_of(std::map<std::string, std::unique_ptr<Series>, std::less<>>& all, std::string_view labels) {
  auto at = all.find(labels);
  if (at == all.end()) at = all.emplace(std::string(labels), std::make_unique<Series>()).first;
  return *at->second;
}

/// Microseconds as seconds, exactly and without trailing zeros.
std::string seconds_of(std::uint64_t us) {
  std::string out = fmt::format("{}.{:06}", us / 1'000'000, us % 1'000'000);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

std::string escaped_help(std::string_view help) {
  std::string out;
  for (const char c : help) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string braced(std::string_view labels) {
  return labels.empty() ? std::string() : "{" + std::string(labels) + "}";
}

void append_histogram(std::string& out, std::string_view name, std::string_view labels, const Histogram& histogram) {
  const std::string first = labels.empty() ? std::string() : std::string(labels) + ",";
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < Histogram::kBoundsUs.size(); ++i) {
    cumulative += histogram.bucket(i);
    out += fmt::format("{}_bucket{{{}le=\"{}\"}} {}\n", name, first,
                       seconds_of(static_cast<std::uint64_t>(Histogram::kBoundsUs[i])), cumulative);
  }
  // An observation under way may be in its bucket and not yet in the count; buckets must not shrink on the way up.
  const std::uint64_t count = std::max(cumulative, histogram.count());
  out += fmt::format("{}_bucket{{{}le=\"+Inf\"}} {}\n", name, first, count);
  out += fmt::format("{}_sum{} {}\n", name, braced(labels), seconds_of(histogram.sum_us()));
  out += fmt::format("{}_count{} {}\n", name, braced(labels), count);
}

void append_header(std::string& out, std::string_view name, std::string_view help, std::string_view type) {
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escaped_help(help), name, type);
}

struct GaugeReader {
  std::string name;
  std::string help;
  std::function<std::int64_t()> read;
};

}  // namespace

void Histogram::observe_us(std::int64_t us) {
  const auto at = std::lower_bound(kBoundsUs.begin(), kBoundsUs.end(), us);
  if (at != kBoundsUs.end()) {
    buckets_[static_cast<std::size_t>(at - kBoundsUs.begin())].fetch_add(1, std::memory_order_relaxed);
  }
  sum_us_.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(us, 0)), std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
}

Counter& counter(std::string_view name, std::string_view help, std::string_view labels) {
  const std::lock_guard lock(registry().mutex);
  return series_of(family_of(name, help, Kind::counter).counters, labels);
}

Histogram& histogram(std::string_view name, std::string_view help, std::string_view labels) {
  const std::lock_guard lock(registry().mutex);
  return series_of(family_of(name, help, Kind::histogram).histograms, labels);
}

void gauge(std::string_view name, std::string_view help, std::function<std::int64_t()> read) {
  const std::lock_guard lock(registry().mutex);
  family_of(name, help, Kind::gauge).read = std::move(read);
}

std::string exposition() {
  std::string out;
  std::vector<GaugeReader> gauges;
  {
    const std::lock_guard lock(registry().mutex);
    for (const auto& [name, family] : registry().families) {
      if (family.kind == Kind::gauge) {
        gauges.push_back({name, family.help, family.read});
        continue;
      }
      append_header(out, name, family.help, family.kind == Kind::counter ? "counter" : "histogram");
      for (const auto& [labels, series] : family.counters) {
        out += fmt::format("{}{} {}\n", name, braced(labels), series->value());
      }
      for (const auto& [labels, series] : family.histograms) append_histogram(out, name, labels, *series);
    }
  }
  // Outside the lock: a gauge may take locks of its own whose holders are counting.
  for (const GaugeReader& gauge : gauges) {
    append_header(out, gauge.name, gauge.help, "gauge");
    out += fmt::format("{} {}\n", gauge.name, gauge.read());
  }
  return out;
}

}  // namespace guildhall::metrics
