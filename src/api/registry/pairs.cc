// Question–answer pairs of a subscription or of a provider's agent (contracts/support-partner.md §2.1, `qa/`).
#include "knowledge/pairs.h"

#include "edge/entity_tag.h"
#include "registry/knowledge_target.h"
#include "registry/route_tables.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

struct PairIn {
  std::optional<std::string> question;
  std::optional<std::string> answer;
  std::optional<std::vector<std::string>> alternative_questions;
  std::optional<std::string> language;
  std::optional<json::Value> valid_from;
  std::optional<json::Value> valid_until;
};
BOOST_DESCRIBE_STRUCT(PairIn, (), (question, answer, alternative_questions, language, valid_from, valid_until))

json::Object pair_json(const knowledge::Pair& pair) {
  return {{"id", pair.id.text()},
          {"question", pair.content.question},
          {"answer", pair.content.answer},
          {"alternative_questions", strings(pair.content.alternative_questions)},
          {"language", pair.content.language},
          {"valid_from", optional_time(pair.content.valid_from)},
          {"valid_until", optional_time(pair.content.valid_until)},
          {"status", knowledge::wire_name(pair.state)},
          {"hits", pair.hits},
          {"last_hit_at", optional_time(pair.last_hit_at)},
          {"created_at", rfc3339(pair.created_at)},
          {"updated_at", rfc3339(pair.updated_at)}};
}

std::string pair_tag(const knowledge::Pair& pair) {
  const json::Object all = pair_json(pair);
  json::Object own;
  for (const char* member : {"id", "question", "answer", "alternative_questions", "language", "valid_from", "valid_until"})
    own[member] = all.at(member);
  return entity_tag(own);
}

json::Object tagged_pair(Call& call, const knowledge::Pair& pair) {
  call.set_header("ETag", pair_tag(pair));
  return pair_json(pair);
}

/// null takes the date away; an absent member leaves it.
void merge_date(std::optional<Timestamp>& date, const json::Object& body, std::string_view field) {
  const json::Value* value = body.if_contains(field);
  if (value == nullptr) return;
  if (value->is_null()) {
    date.reset();
    return;
  }
  const auto read = value->is_string() ? parse_timestamp(json::view(value->get_string())) : std::nullopt;
  if (!read) throw invalid_field(std::string(field), "must be a date or a time in RFC 3339, or null");
  date = read;
}

knowledge::QuestionAnswer merged(Call& call, knowledge::QuestionAnswer content, const PairIn& in) {
  if (in.question) content.question = *in.question;
  if (in.answer) content.answer = *in.answer;
  if (in.alternative_questions) content.alternative_questions = *in.alternative_questions;
  if (in.language) content.language = *in.language;
  const json::Value body = body_json(call);
  merge_date(content.valid_from, body.get_object(), "valid_from");
  merge_date(content.valid_until, body.get_object(), "valid_until");
  return content;
}

struct PairTarget {
  Scope scope;
  KnowledgeBaseId base;
};

/// The base the path names; Refusal(not_found) for a pair where there is none.
PairTarget pair_target(Call& call, store::Tx& tx, Access access) {
  const auto target = knowledge_target(call, tx, access);
  const auto base = target.find(tx);
  if (!base) throw not_found("question–answer pair");
  return {target.scope, *base};
}

DocumentId pair_in_path(const Call& call) {
  const auto id = DocumentId::parse(call.path("pair"));
  if (!id) throw not_found("question–answer pair");
  return *id;
}

json::Object list_pairs(Call& call) {
  const Paging paging = paging_of(call);
  return call.read([&](store::Tx& tx) {
    const auto target = knowledge_target(call, tx, Access::read);
    const auto base = target.find(tx);
    knowledge::PairList list;
    if (base)
      list = knowledge::list_pairs(target.scope, tx, *base,
                                   {.search = call.query("search"), .limit = paging.size, .offset = paging.offset()});
    json::Array results;
    for (const auto& pair : list.pairs) results.push_back(pair_json(pair));
    return list_of(call, paging, list.total, std::move(results));
  });
}

json::Object create_pair(Call& call, const PairIn& in) {
  if (!in.question) throw invalid_field("question", "is required");
  if (!in.answer) throw invalid_field("answer", "is required");
  const auto content = merged(call, {}, in);
  const auto pair = call.write([&](store::Tx& tx) {
    const auto target = knowledge_target(call, tx, Access::change);
    const auto base = target.make(tx);
    const auto added = knowledge::add_question_answer(target.scope, tx, base, content);
    return knowledge::get_pair(target.scope, tx, base, added.id);
  });
  call.services().jobs.wake();
  return tagged_pair(call, pair);
}

json::Object get_pair(Call& call) {
  return tagged_pair(call, call.read([&](store::Tx& tx) {
    const auto target = pair_target(call, tx, Access::read);
    return knowledge::get_pair(target.scope, tx, target.base, pair_in_path(call));
  }));
}

json::Object patch_pair(Call& call, const PairIn& in) {
  const auto pair = call.write([&](store::Tx& tx) {
    const auto target = pair_target(call, tx, Access::change);
    const auto before = knowledge::get_pair(target.scope, tx, target.base, pair_in_path(call));
    require_match(call, pair_tag(before));
    return knowledge::update_pair(target.scope, tx, target.base, before.id, merged(call, before.content, in));
  });
  call.services().jobs.wake();
  return tagged_pair(call, pair);
}

void delete_pair(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = pair_target(call, tx, Access::change);
    const auto before = knowledge::get_pair(target.scope, tx, target.base, pair_in_path(call));
    require_match(call, pair_tag(before));
    knowledge::delete_pair(target.scope, tx, target.base, before.id);
  });
}

}  // namespace

RouteTable pair_routes() {
  RouteTable table;
  for (const KnowledgePlace& place : kKnowledgePlaces) {
    const std::string pairs = std::string(place.prefix) + "/qa";
    Route list = knowledge_row(place.read);
    list.query = {{"search"}, {"page", "integer"}, {"page_size", "integer"}};
    table.push_back(get(pairs, "Questions with the answers to give word for word", kAccountOrKey, list_pairs, list));
    table.push_back(post(pairs, "Add a question with its answer", kAccountOrKey, create_pair, knowledge_row(place.change, 201)));
    table.push_back(
        get(pairs + "/{pair}", "One question with its answer and hits", kAccountOrKey, get_pair, knowledge_row(place.read)));
    table.push_back(
        patch(pairs + "/{pair}", "Change a question or its answer", kAccountOrKey, patch_pair, knowledge_row(place.change)));
    table.push_back(remove(pairs + "/{pair}", "Delete a question; its answer is unreachable at once", kAccountOrKey, delete_pair,
                           knowledge_row(place.change, 204)));
  }
  return table;
}

}  // namespace guildhall::api::registry_dialect
