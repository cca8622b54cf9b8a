// `guildhall doctor`: where every setting comes from, and whether what it names is there.
#include <cstdio>
#include <filesystem>
#include <functional>

#include "app/commands.h"
#include "base/errors.h"
#include "installation.h"
#include "knowledge/extractor.h"
#include "store/migrations.h"

namespace guildhall::app {
namespace {

void print_settings(const Settings& settings) {
  for (const auto& name : known_settings()) {
    const auto& value = settings.value(name.key);
    std::string shown = value.value;
    if (name.is_secret) shown = shown.empty() ? "" : "(set)";
    std::printf("%-18.*s %-32s %s\n", static_cast<int>(name.key.size()), name.key.data(), shown.empty() ? "-" : shown.c_str(),
                value.origin.c_str());
  }
}

bool check(const char* what, const std::function<std::string()>& probe) {
  try {
    std::printf("ok    %s: %s\n", what, probe().c_str());
    return true;
  } catch (const std::exception& failure) {
    std::printf("FAIL  %s: %s\n", what, failure.what());
    return false;
  }
}

/// Fails when something a document's reader must not do is possible; layers the kernel lacks are named, the others hold.
std::string examine_sandbox() {
  const knowledge::SandboxReport report = knowledge::Extractor().examine();
  std::string lacking;
  for (const auto& layer : report.layers) {
    if (!layer.is_present) lacking += (lacking.empty() ? "" : ", ") + layer.name + " (" + layer.detail + ")";
  }
  std::string possible;
  for (const auto& attempt : report.attempts) {
    if (!attempt.is_refused) possible += (possible.empty() ? "" : ", ") + attempt.name;
  }
  if (report.attempts.empty()) throw Refusal(Code::internal_error, "cannot be entered; this kernel lacks " + lacking);
  if (!possible.empty()) throw Refusal(Code::internal_error, "does not keep a document from: " + possible + "; lacks " + lacking);
  return std::to_string(report.attempts.size()) + " forbidden acts tried and refused" +
         (lacking.empty() ? ", every layer in place" : "; this kernel lacks " + lacking);
}

}  // namespace

int doctor(const CommandLine& line) {
  const Settings& settings = line.settings;
  print_settings(settings);
  std::puts("");
  bool is_well = true;
  is_well &= check("data folder", [&] {
    const std::string folder = data_folder(settings);
    const auto space = std::filesystem::space(folder);
    return folder + ", " + std::to_string(space.available / 1'000'000) + " MB free";
  });
  is_well &= check("master key", [&] { return "id " + master_key(settings).id(); });
  is_well &= check("database", [&] {
    const SystemClock clock;
    const auto database = store::open_database({.url = database_url(settings), .clock = &clock});
    if (!database->is_healthy()) throw Refusal(Code::database_unavailable, "cannot be read");
    return std::string(database->dialect() == store::Dialect::sqlite ? "SQLite" : "PostgreSQL") +
           ", migrations known: " + std::to_string(store::all_migrations().size());
  });
  is_well &= check("outbound allowances",
                   [&] { return std::to_string(net::parse_allowed(settings.text("outbound_allow")).size()) + " destinations"; });
  is_well &= check("model", [&]() -> std::string {
    const auto url = settings.optional("model_base_url");
    return url ? *url + " as " + settings.optional("model_name").value_or("default")
               : "none: the built-in answerer quotes the documents";
  });
  is_well &= check("embedding model", [&]() -> std::string {
    const auto endpoint = embedding_endpoint(settings);
    return endpoint ? endpoint->base_url + " as " + endpoint->model : "none: documents are searched by words alone";
  });
  is_well &= check("rerank model", [&]() -> std::string {
    const auto endpoint = rerank_endpoint(settings);
    return endpoint ? endpoint->base_url + " as " + endpoint->model : "none: passages keep the order of the search";
  });
  is_well &= check("document sandbox", examine_sandbox);
  is_well &= check("PDF", [] {
    const knowledge::ExtractorCommand command;
    if (!std::filesystem::exists(command.pdf_program)) {
      throw Refusal(Code::not_found, command.pdf_program + " is not there: PDF documents fail; install poppler-utils");
    }
    return command.pdf_program;
  });
  return is_well ? 0 : 1;
}

}  // namespace guildhall::app
