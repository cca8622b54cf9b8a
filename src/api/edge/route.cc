// Building rows of the route table.
#include "edge/route.h"

#include "base/text.h"

namespace guildhall::api {

std::string_view name(Dialect dialect) {
  switch (dialect) {
    case Dialect::registry: return "registry";
    case Dialect::waldur: return "waldur";
    case Dialect::langflow: return "langflow";
    case Dialect::openai: return "openai";
    case Dialect::dify: return "dify";
    case Dialect::widget: return "widget";
    case Dialect::operations: return "operations";
  }
  return "";
}

json::Value body_json(Call& call) {
  const std::string& body = call.request().body;
  if (trimmed(body).empty()) return json::Object{};
  json::Value value = json::parse_or_refuse(body);
  if (!value.is_object()) throw Refusal(Code::malformed_json, "the body must be a JSON object");
  return value;
}

void refuse_unreadable(const ReadReport& report) {
  std::string message = report.errors.front().path.empty() ? "the body " : report.errors.front().path + " ";
  message += report.errors.front().message;
  if (report.errors.size() > 1) message += " (and " + std::to_string(report.errors.size() - 1) + " more)";
  throw Refusal(Code::validation_failed, std::move(message)).with_fields(report.errors);
}

void name_ignored_fields(Call& call, const std::vector<std::string>& unknown) {
  if (unknown.empty()) return;
  std::vector<std::string> printable;
  for (const auto& field : unknown) {
    std::string safe;
    for (const char c : prefix_bytes(field, 64)) safe += c >= 0x20 && c < 0x7f && c != ',' ? c : '?';
    printable.push_back(std::move(safe));
    if (printable.size() == 20) break;
  }
  call.set_header("X-Ignored-Fields", join(printable, ", "));
}

void add(RouteTable& table, Dialect dialect, RouteTable rows) {
  for (auto& row : rows) {
    row.dialect = dialect;
    table.push_back(std::move(row));
  }
}

}  // namespace guildhall::api
