// Question sets as files: CSV and JSON lines, in and out.
#include <algorithm>
#include <array>

#include "../limits.h"
#include "base/csv.h"
#include "base/text.h"
#include "evaluation/csv_records.h"
#include "knowledge/question_sets.h"

namespace guildhall::knowledge {
namespace {

constexpr std::array<std::string_view, 11> kColumns{"question", "language", "expect",       "document",         "heading", "page",
                                                    "quote",    "gold",     "must_contain", "must_not_contain", "required"};
constexpr std::array<std::string_view, 7> kMembers{"question",     "language",         "expect",  "gold",
                                                   "must_contain", "must_not_contain", "required"};

template <std::size_t n>
bool is_among(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Collects cases and, up to a limit, what is wrong with them.
struct Collector {
  QuestionImport read;

  void refuse(std::int64_t line, std::string field, std::string message) {
    if (read.errors.size() < kImportErrorsMax) read.errors.push_back({line, std::move(field), std::move(message)});
  }
  void add(std::int64_t line, EvaluationCase tested, std::vector<FieldError> errors) {
    if (errors.empty()) errors = problems_of(tested);
    for (auto& error : errors) refuse(line, std::move(error.path), std::move(error.message));
    if (!errors.empty()) return;
    if (read.cases.size() >= static_cast<std::size_t>(kCasesPerSetMax)) {
      const bool is_said = !read.errors.empty() && read.errors.back().message.starts_with("a set holds");
      if (!is_said) refuse(line, "", "a set holds at most " + std::to_string(kCasesPerSetMax) + " cases; split the file");
      return;
    }
    read.cases.push_back(std::move(tested));
  }
};

void read_json_line(Collector& into, std::int64_t line, std::string_view text) {
  json::ParseError error;
  const auto value = json::parse(text, error);
  if (!value) return into.refuse(line, "", "is not JSON: " + error.message);
  std::vector<FieldError> errors;
  EvaluationCase tested = case_of_json(*value, errors);
  if (value->is_object())
    for (const auto& member : value->get_object())
      if (!is_among(kMembers, member.key())) errors.push_back({std::string(member.key()), "is not a field of a case"});
  into.add(line, std::move(tested), std::move(errors));
}

void read_json_lines(Collector& into, std::string_view text) {
  std::int64_t line = 0;
  for (const std::string_view each : split(text, '\n')) {
    ++line;
    if (!trimmed(each).empty()) read_json_line(into, line, trimmed(each));
  }
}

/// `a | b`, or a JSON array of texts.
std::vector<std::string> texts_of_cell(std::string_view cell, const std::string& column, std::vector<FieldError>& errors) {
  std::vector<std::string> texts;
  cell = trimmed(cell);
  if (cell.empty()) return texts;
  if (!cell.starts_with('[')) {
    for (const std::string_view part : split(cell, '|')) texts.emplace_back(trimmed(part));
    return texts;
  }
  json::ParseError error;
  const auto value = json::parse(cell, error);
  if (!value || !value->is_array()) {
    errors.push_back({column, "begins with [ and is no JSON array"});
    return texts;
  }
  for (const json::Value& each : value->get_array()) {
    if (each.is_string())
      texts.emplace_back(json::view(each.get_string()));
    else
      errors.push_back({column, "must be an array of texts"});
  }
  return texts;
}

bool flag_of_cell(std::string_view cell, std::vector<FieldError>& errors) {
  const std::string word = ascii_lower(trimmed(cell));
  if (word == "true" || word == "yes" || word == "1" || word == "x") return true;
  if (!word.empty() && word != "false" && word != "no" && word != "0")
    errors.push_back({"required", "is true or false, yes or no, 1 or 0"});
  return false;
}

std::vector<Gold> gold_of_cells(const CsvRow& row, std::vector<FieldError>& errors) {
  std::vector<Gold> all;
  Gold one{.document = std::string(trimmed(row.cell("document"))),
           .heading = std::string(trimmed(row.cell("heading"))),
           .page = {},
           .quote = std::string(trimmed(row.cell("quote")))};
  const std::string_view page = trimmed(row.cell("page"));
  if (!page.empty()) {
    one.page = parse_integer(page);
    if (!one.page) errors.push_back({"page", "must be a whole number"});
  }
  if (one != Gold{}) all.push_back(std::move(one));
  const std::string_view more = trimmed(row.cell("gold"));
  if (more.empty()) return all;
  json::ParseError error;
  const auto value = json::parse(more, error);
  if (!value) {
    errors.push_back({"gold", "is not JSON: " + error.message});
    return all;
  }
  std::vector<FieldError> problems;
  for (auto& gold : case_of_json(json::Object{{"question", "x"}, {"gold", *value}}, problems).gold)
    all.push_back(std::move(gold));
  errors.insert(errors.end(), problems.begin(), problems.end());
  return all;
}

void read_csv_row(Collector& into, const CsvRow& row) {
  std::vector<FieldError> errors;
  EvaluationCase tested;
  tested.question = trimmed(row.cell("question"));
  tested.language = trimmed(row.cell("language"));
  const std::string expect = ascii_lower(trimmed(row.cell("expect")));
  const auto expectation = expect.empty() ? Expectation::answer : expectation_named(expect);
  if (!expectation) errors.push_back({"expect", "is answer, refuse or handover"});
  tested.expect = expectation.value_or(Expectation::answer);
  tested.gold = gold_of_cells(row, errors);
  tested.must_contain = texts_of_cell(row.cell("must_contain"), "must_contain", errors);
  tested.must_not_contain = texts_of_cell(row.cell("must_not_contain"), "must_not_contain", errors);
  tested.required = flag_of_cell(row.cell("required"), errors);
  into.add(row.line, std::move(tested), std::move(errors));
}

void read_csv(Collector& into, std::string_view text) {
  CsvRecords records = csv_records(text);
  if (records.error) return into.refuse(records.error->line, "", records.error->message);
  for (const std::string& column : records.columns)
    if (!is_among(kColumns, column)) into.refuse(1, column, "is not a column of a question set");
  if (std::find(records.columns.begin(), records.columns.end(), "question") == records.columns.end())
    into.refuse(1, "question", "this column is required");
  if (!into.read.errors.empty()) return;
  for (const CsvRow& row : records.rows) {
    if (row.cells.size() > records.columns.size())
      into.refuse(row.line, "",
                  "has " + std::to_string(row.cells.size()) + " cells under " + std::to_string(records.columns.size()) +
                      " columns; quote cells that hold separators");
    else
      read_csv_row(into, row);
  }
}

std::string cell_of_texts(const std::vector<std::string>& texts) {
  const bool is_plain = std::all_of(texts.begin(), texts.end(), [](const std::string& text) {
    return text.find('|') == std::string::npos && !text.starts_with('[') && trimmed(text) == text;
  });
  if (is_plain) return join(texts, "|");
  json::Array array;
  for (const auto& text : texts) array.push_back(json::Value(text));
  return json::write(array);
}

}  // namespace

QuestionImport parse_questions(std::string_view text) {
  Collector collector;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (!is_valid_utf8(text))
    collector.refuse(1, "", "is not UTF-8; save the file as UTF-8");
  else if (trimmed(text).empty())
    collector.refuse(1, "", "holds no cases");
  else if (trimmed(text).starts_with('{'))
    read_json_lines(collector, text);
  else
    read_csv(collector, text);
  if (collector.read.errors.empty() && collector.read.cases.empty()) collector.refuse(1, "", "holds no cases");
  return std::move(collector.read);
}

std::string cases_as_csv(const std::vector<EvaluationCase>& cases) {
  std::string text;
  for (const auto column : kColumns) (text += text.empty() ? "" : ",") += column;
  text += "\r\n";
  for (const EvaluationCase& tested : cases) {
    const bool has_one = tested.gold.size() == 1;
    const Gold one = has_one ? tested.gold.front() : Gold{};
    const json::Value gold = to_json(tested).at("gold");
    const std::array<std::string, kColumns.size()> cells{tested.question,
                                                         tested.language,
                                                         std::string(wire_name(tested.expect)),
                                                         one.document,
                                                         one.heading,
                                                         one.page ? std::to_string(*one.page) : "",
                                                         one.quote,
                                                         has_one || tested.gold.empty() ? "" : json::write(gold),
                                                         cell_of_texts(tested.must_contain),
                                                         cell_of_texts(tested.must_not_contain),
                                                         tested.required ? "true" : "false"};
    for (std::size_t i = 0; i < cells.size(); ++i) (text += i == 0 ? "" : ",") += csv_field(cells[i]);
    text += "\r\n";
  }
  return text;
}

std::string cases_as_json_lines(const std::vector<EvaluationCase>& cases) {
  std::string text;
  for (const EvaluationCase& tested : cases) text += json::write(to_json(tested)) + "\n";
  return text;
}

}  // namespace guildhall::knowledge
