// Steps, one after the other.
#include "scenario_run.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/text.h"
#include "base/time.h"
#include "scenario_checks.h"
#include "store/database.h"

namespace guildhall::test {
namespace {

constexpr std::int64_t kEventuallyUs = 30 * kMicrosecondsPerSecond;
constexpr std::string_view kBoundary = "journeyBoundary7f";

using RowCounts = std::map<std::string, std::int64_t>;

/// Rows of every table, read over a connection of its own.
RowCounts row_counts(const std::string& database_url) {
  SystemClock clock;
  const auto database = store::open_database({.url = database_url, .clock = &clock, .connections_max = 1});
  return database->read([](store::Tx& tx) {
    RowCounts counts;
    const bool is_sqlite = tx.dialect() == store::Dialect::sqlite;
    const auto tables =
        is_sqlite ? tx.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
                  : tx.query("SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()");
    for (const auto& table : tables) counts[table.text(0)] = tx.query("SELECT count(*) FROM " + table.text(0)).at(0).integer(0);
    return counts;
  });
}

std::string multipart_body(const std::vector<Part>& parts, const Variables& variables) {
  std::string body;
  for (const auto& part : parts) {
    body += "--" + std::string(kBoundary) + "\r\nContent-Disposition: form-data; name=\"" + part.name + "\"";
    if (!part.filename.empty()) body += "; filename=\"" + filled(part.filename, variables) + "\"";
    if (!part.type.empty()) body += "\r\nContent-Type: " + part.type;
    body += "\r\n\r\n" + unescaped(filled(part.value, variables)) + "\r\n";
  }
  return body + "--" + std::string(kBoundary) + "--\r\n";
}

HttpRequest request_of(const Step& step, const Variables& variables) {
  HttpRequest request = step.request;
  request.path = filled(step.request.path, variables);
  request.body = filled(step.request.body, variables);
  for (auto& header : request.headers) header.second = filled(header.second, variables);
  if (!step.credential.empty())
    request.headers.emplace_back("Authorization", "Bearer " + filled("{" + step.credential + "}", variables));
  if (!step.parts.empty()) {
    request.body = multipart_body(step.parts, variables);
    request.headers.emplace_back("Content-Type", "multipart/form-data; boundary=" + std::string(kBoundary));
  } else if (!step.content_type.empty()) {
    request.headers.emplace_back("Content-Type", step.content_type);
  }
  return request;
}

std::vector<HttpAnswer> answers_to(const Step& step, const std::string& base_url, const HttpRequest& request) {
  std::vector<HttpAnswer> answers(step.repeat);
  if (!step.is_parallel) {
    for (auto& answer : answers) answer = send(base_url, request);
    return answers;
  }
  std::vector<std::thread> threads;
  threads.reserve(answers.size());
  for (auto& answer : answers) threads.emplace_back([&answer, &base_url, &request] { answer = send(base_url, request); });
  for (auto& thread : threads) thread.join();
  return answers;
}

std::optional<std::string> status_failure(const Step& step, const std::vector<HttpAnswer>& answers) {
  std::map<int, std::size_t> counted;
  for (const auto& answer : answers) ++counted[answer.status];
  std::map<int, std::size_t> wanted;
  for (const auto& expected : step.statuses) wanted[expected.status] += expected.times == 0 ? answers.size() : expected.times;
  if (wanted.empty() || counted == wanted) return std::nullopt;
  const auto text = [](const std::map<int, std::size_t>& counts) {
    std::string list;
    for (const auto& [status, times] : counts)
      list += (list.empty() ? "" : ", ") + std::to_string(times) + " x " + std::to_string(status);
    return list;
  };
  return "expect " + text(wanted) + ", but it was " + text(counted);
}

std::string shortened(std::string text, std::size_t max) {
  if (text.size() > max) text = text.substr(0, max) + "… (" + std::to_string(text.size()) + " bytes)";
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') c = '?';
  return text;
}

std::string exchange_text(const HttpRequest& request, const HttpAnswer& answer) {
  std::string text = "    > " + request.method + " " + shortened(request.path, 300) + "\n";
  for (const auto& [name, value] : request.headers) text += "    > " + name + ": " + shortened(value, 200) + "\n";
  if (!request.body.empty()) text += "    > " + shortened(request.body, 600) + "\n";
  text += "    < " + std::to_string(answer.status) + (answer.failure.empty() ? "" : " (" + answer.failure + ")") + "\n";
  for (const auto& [name, value] : answer.headers) text += "    < " + name + ": " + shortened(value, 200) + "\n";
  return text + "    < " + shortened(answer.body, 3000) + "\n";
}

class Run {
 public:
  Run(const Scenario& scenario, const Programs& programs)
      : scenario_(scenario), server_(programs, {scenario.needs_stub_model, scenario.needs_stub_site}) {
    variables_["operator_email"] = kOperatorEmail;
    variables_["operator_password"] = kOperatorPassword;
    variables_["base"] = server_.base_url();
    variables_["site"] = server_.site_url();
    add_dates(variables_);
  }

  Outcome go() {
    for (const auto& step : scenario_.steps) {
      ++outcome_.steps;
      std::optional<std::string> failure;
      try {
        failure = failure_of_step(step);
      } catch (const std::exception& error) {
        failure = error.what();
      }
      if (!failure) continue;
      outcome_.failures.push_back(step.place + (step.title.empty() ? "" : " (" + step.title + ")") + "\n    " + *failure);
      if (!step.is_row) {
        outcome_.failures.back() += "\n    the server's log ends:\n" + log_tail();
        break;
      }
    }
    return std::move(outcome_);
  }

 private:
  std::optional<std::string> failure_of_step(const Step& step) {
    switch (step.kind) {
      case StepKind::request: return send_request(step);
      case StepKind::set: variables_[step.words[0]] = filled(step.words[1], variables_); return std::nullopt;
      case StepKind::rows_remembered: rows_ = row_counts(server_.database_url()); return std::nullopt;
      case StepKind::rows_unchanged: return changed_rows(std::set<std::string>(step.words.begin(), step.words.end()));
      case StepKind::command: return run_on_installation(step);
      case StepKind::restart:
        server_.restart();
        variables_["base"] = server_.base_url();
        return std::nullopt;
      case StepKind::log_lacks: return found_in(server_.log(), "the log", filled(step.words[0], variables_));
      case StepKind::storage_lacks: return found_in_storage(filled(step.words[0], variables_));
    }
    return std::nullopt;
  }

  std::optional<std::string> send_request(const Step& step) {
    const HttpRequest request = request_of(step, variables_);
    const std::int64_t until = monotonic_us() + kEventuallyUs;
    for (;;) {
      const auto answers = answers_to(step, server_.base_url(), request);
      auto failure = judged(step, answers);
      if (!failure) {
        for (const auto& capture : step.captures) variables_[capture.variable] = captured(capture, answers.back());
        return std::nullopt;
      }
      if (!step.is_eventual || monotonic_us() > until) return *failure + "\n" + exchange_text(request, answers.back());
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  std::optional<std::string> judged(const Step& step, const std::vector<HttpAnswer>& answers) const {
    if (auto failure = status_failure(step, answers)) return failure;
    for (const auto& check : step.checks)
      if (auto failure = failure_of(check, answers.back(), variables_)) return failure;
    return std::nullopt;
  }

  std::optional<std::string> changed_rows(const std::set<std::string>& except) const {
    std::string changes;
    for (const auto& [table, rows] : row_counts(server_.database_url())) {
      const auto before = rows_.find(table);
      if (except.contains(table) || (before != rows_.end() && before->second == rows)) continue;
      changes += "    " + table + ": " + (before == rows_.end() ? "not there" : std::to_string(before->second)) + " → " +
                 std::to_string(rows) + "\n";
    }
    return changes.empty() ? std::nullopt : std::optional("rows changed:\n" + changes);
  }

  std::optional<std::string> run_on_installation(const Step& step) {
    std::vector<std::string> words;
    for (const auto& word : step.words) words.push_back(filled(word, variables_));
    const auto finished = server_.command(words);
    const int expected = step.statuses.empty() ? 0 : step.statuses.front().status;
    if (finished.status != expected) return "it ended with " + std::to_string(finished.status) + ":\n" + finished.output;
    HttpAnswer answer;
    answer.body = finished.output;
    for (const auto& check : step.checks)
      if (auto failure = failure_of(check, answer, variables_)) return failure;
    return std::nullopt;
  }

  static std::optional<std::string> found_in(const std::string& text, const std::string& where, const std::string& secret) {
    if (secret.empty()) return "nothing to look for";
    return text.find(secret) == std::string::npos ? std::nullopt : std::optional(where + " holds " + secret);
  }

  std::optional<std::string> found_in_storage(const std::string& secret) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(server_.folder())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      if (auto failure = found_in(bytes, entry.path().filename().string(), secret)) return failure;
    }
    return std::nullopt;
  }

  /// The last lines of the log that are more than news.
  std::string log_tail() const {
    const std::string log = server_.log();
    std::string tail;
    for (const auto line : split(log, '\n'))
      if (!line.empty() && line.find("store.migrated") == std::string_view::npos) tail += "    " + std::string(line) + "\n";
    return tail.size() > 3000 ? tail.substr(tail.size() - 3000) : tail;
  }

  const Scenario& scenario_;
  ScenarioServer server_;
  Variables variables_;
  RowCounts rows_;
  Outcome outcome_;
};

}  // namespace

Outcome run_scenario(const Scenario& scenario, const Programs& programs) {
  return Run(scenario, programs).go();
}

}  // namespace guildhall::test
