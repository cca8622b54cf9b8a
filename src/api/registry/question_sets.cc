// Question sets and their cases over REST (contracts/support-partner.md §2.8).
#include "knowledge/question_sets.h"
#include "base/text.h"
#include "net/http.h"
#include "registry/evaluation_target.h"
#include "registry/route_tables.h"
#include "runtime/sessions.h"

namespace guildhall::api::registry_dialect {
namespace {

constexpr std::size_t kImportBytesMax = 20 * 1024 * 1024;
constexpr std::int64_t kGeneratedCasesMax = 1'000;

struct FloorsIn {
  std::optional<double> hit_at_5;
  std::optional<double> citation_precision;
  std::optional<double> refusal_recall;
  std::optional<double> language_match;
};
BOOST_DESCRIBE_STRUCT(FloorsIn, (), (hit_at_5, citation_precision, refusal_recall, language_match))

struct SetIn {
  std::optional<std::string> name;
  std::optional<std::string> knowledge_base;
  std::optional<bool> is_gate;
  std::optional<FloorsIn> floors;
};
BOOST_DESCRIBE_STRUCT(SetIn, (), (name, knowledge_base, is_gate, floors))

json::Object set_json(const knowledge::QuestionSet& set) {
  const FloorsIn floors{set.floors.hit_at_5, set.floors.citation_precision, set.floors.refusal_recall, set.floors.language_match};
  return {{"id", set.id.text()},
          {"name", set.name},
          {"knowledge_base", set.knowledge_base},
          {"is_gate", set.is_gate},
          {"floors", written(floors)},
          {"revision", set.revision},
          {"cases", set.cases},
          {"created_at", rfc3339(set.created_at)},
          {"updated_at", rfc3339(set.updated_at)}};
}

json::Object case_json(const knowledge::StoredCase& stored) {
  json::Object object{{"id", stored.id.text()}};
  for (const auto& member : knowledge::to_json(stored.tested)) object.insert(member);
  object["origin"] = knowledge::wire_name(stored.origin);
  object["created_at"] = rfc3339(stored.created_at);
  return object;
}

json::Object put_json(const knowledge::PutCases& put, const knowledge::QuestionSet& set) {
  return {{"added", put.added},
          {"changed", put.changed},
          {"unchanged", put.unchanged},
          {"removed", put.removed},
          {"cases", set.cases}};
}

/// The values of a set with what the body changes in place of its own.
knowledge::QuestionSetValues merged(knowledge::QuestionSetValues values, const SetIn& in) {
  if (in.name) values.name = *in.name;
  if (in.knowledge_base) values.knowledge_base = *in.knowledge_base;
  if (in.is_gate) values.is_gate = *in.is_gate;
  if (in.floors)
    values.floors = {in.floors->hit_at_5, in.floors->citation_precision, in.floors->refusal_recall, in.floors->language_match};
  return values;
}

json::Object list_sets(Call& call) {
  const auto sets = call.read([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    return knowledge::list_question_sets(target.scope, tx, target.owner);
  });
  json::Array results;
  for (const auto& set : sets) results.push_back(set_json(set));
  return {{"count", static_cast<std::int64_t>(sets.size())},
          {"next", nullptr},
          {"previous", nullptr},
          {"results", std::move(results)}};
}

json::Object create_set(Call& call, const SetIn& in) {
  if (!in.name) throw invalid_field("name", "is required");
  return set_json(call.write([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    return knowledge::create_question_set(target.scope, tx, target.owner, merged({}, in));
  }));
}

json::Object get_set(Call& call) {
  return set_json(call.read([&](store::Tx& tx) { return set_in_path(call, tx, evaluation_target(call, tx)); }));
}

json::Object patch_set(Call& call, const SetIn& in) {
  return set_json(call.write([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    const auto set = set_in_path(call, tx, target);
    return knowledge::update_question_set(target.scope, tx, set,
                                          merged({set.name, set.knowledge_base, set.is_gate, set.floors}, in));
  }));
}

void delete_set(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    knowledge::delete_question_set(target.scope, tx, set_in_path(call, tx, target));
  });
}

/// A page, or with `format` all of them as a file.
void list_cases(Call& call) {
  const Paging paging = paging_of(call);
  const std::string format = call.query("format");
  if (!format.empty() && format != "json" && format != "csv" && format != "jsonl")
    throw invalid_field("format", "is json, csv or jsonl");
  const bool is_file = format == "csv" || format == "jsonl";
  std::vector<knowledge::EvaluationCase> all;
  std::vector<knowledge::StoredCase> page;
  const auto set = call.read([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    auto found = set_in_path(call, tx, target);
    if (is_file)
      all = knowledge::all_cases(target.scope, tx, found);
    else
      page = knowledge::list_cases(target.scope, tx, found, paging.offset(), paging.size);
    return found;
  });
  if (format == "csv") return call.answer_bytes(knowledge::cases_as_csv(all), "text/csv; charset=utf-8");
  if (format == "jsonl") return call.answer_bytes(knowledge::cases_as_json_lines(all), "application/x-ndjson");
  json::Array results;
  for (const auto& stored : page) results.push_back(case_json(stored));
  call.answer(list_of(call, paging, set.cases, std::move(results)));
}

Refusal import_refusal(const std::vector<knowledge::ImportError>& errors) {
  json::Array list;
  std::vector<FieldError> fields;
  for (const auto& error : errors) {
    list.push_back(json::Object{{"line", error.line}, {"field", error.field}, {"message", error.message}});
    const std::string line = "line " + std::to_string(error.line);
    fields.push_back({error.field.empty() ? line : line + ": " + error.field, error.message});
  }
  const auto& first = fields.front();
  return Refusal(Code::validation_failed, "nothing was imported: " + first.path + " " + first.message)
      .with_details({{"errors", std::move(list)}})
      .with_fields(std::move(fields));
}

/// One case, or {"cases": […]}.
std::vector<knowledge::EvaluationCase> cases_of_body(Call& call) {
  const json::Value body = body_json(call);
  std::vector<knowledge::EvaluationCase> cases;
  std::vector<FieldError> errors;
  const json::Value* list = json::find(body, "cases");
  if (list == nullptr) {
    cases.push_back(knowledge::case_of_json(body, errors));
  } else if (!list->is_array()) {
    throw invalid_field("cases", "must be an array of cases");
  } else {
    for (const auto& each : list->get_array()) {
      std::vector<FieldError> problems;
      const std::string path = "cases[" + std::to_string(cases.size()) + "]";
      cases.push_back(knowledge::case_of_json(each, problems));
      for (auto& problem : problems)
        errors.push_back({problem.path.empty() ? path : path + "." + problem.path, std::move(problem.message)});
    }
  }
  if (!errors.empty())
    throw Refusal(Code::validation_failed, errors.front().path + " " + errors.front().message).with_fields(errors);
  return cases;
}

std::vector<knowledge::EvaluationCase> cases_of_file(std::string_view text) {
  auto read = knowledge::parse_questions(text);
  if (!read.errors.empty()) throw import_refusal(read.errors);
  return std::move(read.cases);
}

void put_cases(Call& call) {
  const std::string mode = call.query("mode");
  if (!mode.empty() && mode != "append" && mode != "replace") throw invalid_field("mode", "is append or replace");
  const std::string type = ascii_lower(call.request().headers.get_or("content-type", ""));
  const bool is_json = type.empty() || type.starts_with("application/json");
  std::vector<knowledge::EvaluationCase> cases;
  if (is_json) {
    cases = cases_of_body(call);
  } else if (type.starts_with("multipart/form-data")) {
    const auto parts = net::parse_multipart(call.request().headers.get_or("content-type", ""), call.request().body);
    const auto file = std::find_if(parts.begin(), parts.end(), [](const auto& part) { return part.name == "file"; });
    if (file == parts.end()) throw invalid_field("file", "is required: a form part with a file");
    cases = cases_of_file(file->content);
  } else if (type.starts_with("text/csv") || type.starts_with("application/x-ndjson") || type.starts_with("application/jsonl")) {
    cases = cases_of_file(call.request().body);
  } else {
    throw Refusal(Code::unsupported_media_type,
                  "send application/json, text/csv, application/x-ndjson, or a form with a part `file`");
  }
  call.answer(call.write([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    const auto set = set_in_path(call, tx, target);
    const auto origin = is_json ? knowledge::CaseOrigin::entered : knowledge::CaseOrigin::imported;
    const auto put = knowledge::put_cases(target.scope, tx, set, cases, origin, mode == "replace");
    return put_json(put, set_in_path(call, tx, target));
  }));
}

void delete_case(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    const auto set = set_in_path(call, tx, target);
    const auto id = EvaluationCaseId::parse(call.path("case"));
    if (!id) throw not_found("case");
    knowledge::delete_case(target.scope, tx, set, *id);
  });
}

struct PromoteMessageIn {
  ConversationId conversation_id;
  MessageId message_id;
  std::optional<std::string> expect;
  std::optional<json::Value> gold;
  std::optional<json::Value> must_contain;
  std::optional<json::Value> must_not_contain;
  std::optional<bool> required;
};
BOOST_DESCRIBE_STRUCT(PromoteMessageIn, (), (conversation_id, message_id, expect, gold, must_contain, must_not_contain, required))

/// The visitor's question: the message itself, or what the named answer was said to.
std::string question_behind(const std::vector<runtime::Message>& messages, MessageId id) {
  const auto it = std::find_if(messages.begin(), messages.end(), [&](const auto& message) { return message.id == id; });
  if (it == messages.end()) throw not_found("message");
  const auto asked = std::find_if(std::make_reverse_iterator(std::next(it)), messages.rend(),
                                  [](const auto& message) { return message.sender == "User"; });
  if (asked == messages.rend()) throw invalid_field("message_id", "no question was asked before this message");
  return asked->text;
}

json::Object promote_message(Call& call, const PromoteMessageIn& in) {
  json::Object body{{"required", in.required.value_or(false)}};
  if (in.expect) body["expect"] = *in.expect;
  if (in.gold) body["gold"] = *in.gold;
  if (in.must_contain) body["must_contain"] = *in.must_contain;
  if (in.must_not_contain) body["must_not_contain"] = *in.must_not_contain;
  return call.write([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    const auto set = set_in_path(call, tx, target);
    // A configurator who may not read conversations must not read one by way of a case.
    identity::require(target.scope, target.subscription ? Right::read_usage : Right::provide_agents);
    const Uuid owner = target.subscription ? target.subscription->id.uuid : target.agent.flow.uuid;
    const auto session = runtime::get_conversation(target.scope, tx, owner, in.conversation_id);
    json::Object values = body;
    values["question"] = question_behind(runtime::messages_of(target.scope, tx, session.id), in.message_id);
    std::vector<FieldError> errors;
    const auto tested = knowledge::case_of_json(values, errors);
    if (!errors.empty())
      throw Refusal(Code::validation_failed, errors.front().path + " " + errors.front().message).with_fields(errors);
    const auto put = knowledge::put_cases(target.scope, tx, set, {tested}, knowledge::CaseOrigin::conversation, false);
    json::Object answer = put_json(put, set_in_path(call, tx, target));
    answer["question"] = tested.question;
    return answer;
  });
}

struct GenerateIn {
  std::optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(GenerateIn, (), (limit))

json::Object generate_cases(Call& call, const GenerateIn& in) {
  const std::int64_t limit = in.limit.value_or(100);
  if (limit < 1 || limit > kGeneratedCasesMax)
    throw invalid_field("limit", "must be from 1 to " + std::to_string(kGeneratedCasesMax));
  return call.write([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    const auto set = set_in_path(call, tx, target);
    identity::require(target.scope, target.subscription ? Right::configure_agents : Right::provide_agents);
    const auto base = base_of_set(tx, target, set);
    if (!base) throw invalid_field("knowledge_base", "the set names no knowledge base whose documents could be asked about");
    const auto cases = knowledge::cases_from_documents(target.scope, tx, *base, static_cast<std::size_t>(limit));
    const auto put = knowledge::put_cases(target.scope, tx, set, cases, knowledge::CaseOrigin::documents, false);
    return put_json(put, set_in_path(call, tx, target));
  });
}

}  // namespace

RouteTable question_set_routes() {
  RouteTable table;
  for (const auto& place : kEvaluationPlaces) {
    const std::string sets = std::string(place.prefix) + "/sets";
    const std::string set = sets + "/{set}";
    Route cases = evaluation_row(place.read);
    cases.query = {{"format"}, {"page", "integer"}, {"page_size", "integer"}};
    Route upload = evaluation_row(place.write);
    upload.query = {{"mode"}};
    upload.body_max_bytes = kImportBytesMax;
    const RouteTable rows = {
        get(sets, "Question sets", kAccountOrKey, list_sets, evaluation_row(place.read)),
        post(sets, "Make a question set", kAccountOrKey, create_set, evaluation_row(place.write, 201)),
        get(set, "One question set", kAccountOrKey, get_set, evaluation_row(place.read)),
        patch(set, "Change a question set's name, floors or gate", kAccountOrKey, patch_set, evaluation_row(place.write)),
        remove(set, "Delete a question set with its evaluations", kAccountOrKey, delete_set, evaluation_row(place.write, 204)),
        get(set + "/cases", "Cases, also as CSV or JSON lines", kAccountOrKey, list_cases, cases),
        post(set + "/cases", "Add or replace cases: JSON, CSV or JSON lines", kAccountOrKey, put_cases, upload),
        remove(set + "/cases/{case}", "Delete a case", kAccountOrKey, delete_case, evaluation_row(place.write, 204)),
        post(set + "/cases/from-message", "Make a real question a case", kAccountOrKey, promote_message,
             evaluation_row(place.write)),
        post(set + "/cases/from-documents", "Make cases of headings and question-answer pairs", kAccountOrKey, generate_cases,
             evaluation_row(place.write))};
    table.insert(table.end(), rows.begin(), rows.end());
  }
  return table;
}

}  // namespace guildhall::api::registry_dialect
