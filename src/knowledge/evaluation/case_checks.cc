// What a case may hold, and reading one from JSON.
#include "../limits.h"
#include "base/text.h"
#include "knowledge/question_sets.h"

namespace guildhall::knowledge {
namespace {

bool is_clean_text(std::string_view text) {
  return is_valid_utf8(text) && text.find('\0') == std::string_view::npos;
}

void check_gold(const Gold& gold, const std::string& path, std::vector<FieldError>& errors) {
  const auto check = [&](const std::string& text, const char* field) {
    if (!is_clean_text(text) || code_points(text) > kGoldTextCodePointsMax)
      errors.push_back({path + "." + field, "has at most " + std::to_string(kGoldTextCodePointsMax) + " characters"});
  };
  if (trimmed(gold.document).empty()) errors.push_back({path + ".document", "is required: an id, file name, title or URL"});
  check(gold.document, "document");
  check(gold.heading, "heading");
  check(gold.quote, "quote");
  if (gold.page && *gold.page < 1) errors.push_back({path + ".page", "counts from 1"});
  if (int{!gold.heading.empty()} + int{gold.page.has_value()} + int{!gold.quote.empty()} > 1)
    errors.push_back({path, "names a heading, a page or a quote, not several of them"});
}

void check_texts(const std::vector<std::string>& texts, const char* field, std::vector<FieldError>& errors) {
  if (texts.size() > kCaseTextsMax) errors.push_back({field, "holds at most " + std::to_string(kCaseTextsMax) + " texts"});
  for (const std::string& text : texts)
    if (trimmed(text).empty() || !is_clean_text(text) || code_points(text) > kCaseTextCodePointsMax) {
      errors.push_back({field, "each text has 1 to " + std::to_string(kCaseTextCodePointsMax) + " characters"});
      return;
    }
}

bool is_language_tag(std::string_view tag) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  return tag.size() <= 35 && tag.find_first_not_of(kAllowed) == std::string_view::npos && !tag.starts_with('-');
}

std::string text_member(const json::Value& value, const char* member, const std::string& path, std::vector<FieldError>& errors) {
  const json::Value* found = json::find(value, member);
  if (found == nullptr || found->is_null()) return {};
  if (!found->is_string()) {
    errors.push_back({path + member, "must be text"});
    return {};
  }
  return std::string(trimmed(json::view(found->get_string())));
}

std::vector<std::string> texts_member(const json::Value& value, const char* member, std::vector<FieldError>& errors) {
  const json::Value* found = json::find(value, member);
  std::vector<std::string> texts;
  if (found == nullptr || found->is_null()) return texts;
  if (!found->is_array()) {
    errors.push_back({member, "must be an array of texts"});
    return texts;
  }
  for (const json::Value& each : found->get_array()) {
    if (each.is_string())
      texts.emplace_back(json::view(each.get_string()));
    else
      errors.push_back({member, "must be an array of texts"});
  }
  return texts;
}

std::vector<Gold> gold_member(const json::Value& value, std::vector<FieldError>& errors) {
  const json::Value* found = json::find(value, "gold");
  std::vector<Gold> all;
  if (found == nullptr || found->is_null()) return all;
  if (!found->is_array()) {
    errors.push_back({"gold", "must be an array of {document, heading | page | quote}"});
    return all;
  }
  for (const json::Value& each : found->get_array()) {
    const std::string path = "gold[" + std::to_string(all.size()) + "].";
    Gold gold;
    gold.document = text_member(each, "document", path, errors);
    gold.heading = text_member(each, "heading", path, errors);
    gold.quote = text_member(each, "quote", path, errors);
    const json::Value* page = json::find(each, "page");
    if (page != nullptr && !page->is_null()) {
      gold.page = json::integer_of(each, "page");
      if (!gold.page) errors.push_back({path + "page", "must be a whole number"});
    }
    all.push_back(std::move(gold));
  }
  return all;
}

}  // namespace

std::vector<FieldError> problems_of(const EvaluationCase& tested) {
  std::vector<FieldError> errors;
  if (trimmed(tested.question).empty() || !is_clean_text(tested.question) ||
      code_points(tested.question) > kCaseQuestionCodePointsMax)
    errors.push_back({"question", "has 1 to " + std::to_string(kCaseQuestionCodePointsMax) + " characters"});
  if (!is_language_tag(tested.language)) errors.push_back({"language", "is a BCP 47 tag such as 'en' or 'pt-BR'"});
  if (tested.gold.size() > kGoldPerCaseMax)
    errors.push_back({"gold", "holds at most " + std::to_string(kGoldPerCaseMax) + " places"});
  if (tested.expect != Expectation::answer && !tested.gold.empty())
    errors.push_back({"gold", "belongs to a question that expects an answer"});
  for (std::size_t i = 0; i < tested.gold.size(); ++i) check_gold(tested.gold[i], "gold[" + std::to_string(i) + "]", errors);
  check_texts(tested.must_contain, "must_contain", errors);
  check_texts(tested.must_not_contain, "must_not_contain", errors);
  return errors;
}

EvaluationCase case_of_json(const json::Value& value, std::vector<FieldError>& errors) {
  EvaluationCase tested;
  if (!value.is_object()) {
    errors.push_back({"", "must be an object"});
    return tested;
  }
  tested.question = text_member(value, "question", "", errors);
  tested.language = text_member(value, "language", "", errors);
  const std::string expect = text_member(value, "expect", "", errors);
  const auto expectation = expect.empty() ? Expectation::answer : expectation_named(expect);
  if (!expectation) errors.push_back({"expect", "is answer, refuse or handover"});
  tested.expect = expectation.value_or(Expectation::answer);
  tested.gold = gold_member(value, errors);
  tested.must_contain = texts_member(value, "must_contain", errors);
  tested.must_not_contain = texts_member(value, "must_not_contain", errors);
  const json::Value* required = json::find(value, "required");
  if (required != nullptr && required->is_bool())
    tested.required = required->get_bool();
  else if (required != nullptr && !required->is_null())
    errors.push_back({"required", "is true or false"});
  if (errors.empty())
    for (auto& problem : problems_of(tested)) errors.push_back(std::move(problem));
  return tested;
}

}  // namespace guildhall::knowledge
