// The inbox: conversations that people see, take, answer and give back (contracts/support-partner.md §5.2). Every route stands
// below one subscription (`access/{access}/inbox`) and for the whole organization (`/api/v1/inbox`).
#include "api/live.h"
#include "base/text.h"
#include "edge/access_target.h"
#include "edge/polls.h"
#include "edge/tables.h"
#include "inbox/shapes.h"
#include "support/handover.h"
#include "support/inbox.h"

namespace guildhall::api {
namespace {

using namespace inbox_shapes;

constexpr std::size_t kEntriesPerPage = 200;
constexpr std::int64_t kInboxPageSizeMax = 100;

struct ReplyIn {
  std::string client_id;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(ReplyIn, (), (client_id, text))

struct NoteIn {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(NoteIn, (), (text))

struct TransferIn {
  AccountId account;
};
BOOST_DESCRIBE_STRUCT(TransferIn, (), (account))

struct BlockIn {
  bool blocked = true;
};
BOOST_DESCRIBE_STRUCT(BlockIn, (), (blocked))

struct SeenIn {
  std::int64_t through = 0;
};
BOOST_DESCRIBE_STRUCT(SeenIn, (), (through))

struct PresenceIn {
  bool available = true;
};
BOOST_DESCRIBE_STRUCT(PresenceIn, (), (available))

struct CannedAnswerIn {
  std::string shortcut;
  std::string text;
  std::optional<std::string> language;
};
BOOST_DESCRIBE_STRUCT(CannedAnswerIn, (), (shortcut, text, language))

/// The scope of the path: one subscription's, or the caller's organization.
Scope inbox_scope(Call& call, store::Tx& tx) {
  if (call.route().pattern.starts_with("/api/v1/inbox")) return call.scope(tx);
  const auto target = access_target(call, tx);
  Scope scope = target.scope;
  scope.subscription = target.subscription.id;
  return scope;
}

ConversationId conversation_in_path(const Call& call) {
  const auto id = ConversationId::parse(call.path("conversation"));
  if (!id) throw not_found("conversation");
  return *id;
}

/// The name visitors see.
std::string person_of(Call& call) {
  if (!call.has_person()) throw Refusal(Code::permission_denied, "only a person can talk to visitors");
  const auto& account = call.who().account;
  return account.full_name.empty() ? account.username : account.full_name;
}

/// Changes a conversation and tells everybody who follows it.
template <class Change>
json::Object change(Call& call, Change&& apply) {
  const ConversationId id = conversation_in_path(call);
  OrganizationId organization;
  json::Object answer = call.write([&](store::Tx& tx) {
    const Scope scope = inbox_scope(call, tx);
    organization = scope.organization;
    return apply(scope, tx, id);
  });
  call.services().live.changed(organization, id);
  return answer;
}

json::Object list_inbox(Call& call) {
  support::InboxFilter filter;
  for (const std::string_view name : split(call.query("state"), ',')) {
    if (name.empty()) continue;
    const auto state = support::parse_state(name);
    if (!state) throw invalid_field("state", "is bot, handover_requested, waiting_human, human or resolved");
    filter.states.push_back(*state);
  }
  filter.language = call.query("language");
  filter.search = call.query("search");
  const bool is_mine = call.query("mine") == "true";
  if (is_mine) filter.assignee = call.who().account.id;
  const auto page = call.query_integer("page", 1, 1, 100'000);
  const auto size = call.query_integer("page_size", 50, 1, kInboxPageSizeMax);
  filter.limit = static_cast<std::size_t>(size);
  filter.offset = static_cast<std::size_t>((page - 1) * size);
  return call.read([&](store::Tx& tx) {
    const auto found = support::inbox(inbox_scope(call, tx), tx, filter);
    json::Array results;
    for (const auto& item : found.items) results.push_back(item_json(item));
    return json::Object{{"count", found.total}, {"results", std::move(results)}};
  });
}

json::Object get_conversation(Call& call) {
  const auto after = call.query_integer("after", 0, 0, std::numeric_limits<std::int64_t>::max());
  return call.read([&](store::Tx& tx) {
    const Scope scope = inbox_scope(call, tx);
    const auto conversation = support::get_conversation(scope, tx, conversation_in_path(call));
    json::Object body = conversation_json(conversation);
    json::Array entries;
    for (const auto& entry : runtime::entries_after(tx, conversation.organization, conversation.id, after, kEntriesPerPage))
      entries.push_back(staff_event(entry));
    json::Array notes;
    for (const auto& note : support::notes(scope, tx, conversation.id)) notes.push_back(note_json(note));
    body["entries"] = std::move(entries);
    body["notes"] = std::move(notes);
    return body;
  });
}

void follow_conversation(Call& call) {
  const auto last_id = parse_integer(call.request().headers.get_or("last-event-id", ""));
  Reader reader;
  const auto conversation =
      call.read([&](store::Tx& tx) { return support::get_conversation(inbox_scope(call, tx), tx, conversation_in_path(call)); });
  reader.organization = conversation.organization;
  reader.conversation = conversation.id;
  reader.after = call.query_integer("after", last_id.value_or(0), 0, std::numeric_limits<std::int64_t>::max());
  reader.view = staff_event_bytes;
  reader.is_staff = true;
  reader.ends_at_us = poll_end(call);
  call.set_header("X-Accel-Buffering", "no");
  reader.stream = call.begin_stream("text/event-stream; charset=utf-8");
  call.services().live.follow(std::move(reader));
}

void follow_inbox(Call& call) {
  const Scope scope = call.read([&](store::Tx& tx) { return inbox_scope(call, tx); });
  identity::require(scope, Right::read_usage);
  if (scope.project) throw Refusal(Code::permission_denied, "the events of an inbox are for members of the whole organization");
  call.set_header("X-Accel-Buffering", "no");
  const std::int64_t ends_at_us = poll_end(call);
  call.services().live.follow_inbox(scope.organization, call.begin_stream("text/event-stream; charset=utf-8"), ends_at_us);
}

json::Object claim(Call& call) {
  const std::string person = person_of(call);
  json::Object answer = change(call, [&](const Scope& scope, store::Tx& tx, ConversationId id) {
    return conversation_json(support::claim(scope, tx, id, person));
  });
  call.services().live.stop(conversation_in_path(call));
  return answer;
}

json::Object reply(Call& call, const ReplyIn& in) {
  const auto client_id = parse_uuid(in.client_id);
  if (!client_id) throw invalid_field("client_id", "must be a UUID");
  const std::string person = person_of(call);
  json::Object answer = change(call, [&](const Scope& scope, store::Tx& tx, ConversationId id) {
    return staff_event(support::reply(scope, tx, id, person, *client_id, in.text));
  });
  call.services().live.stop(conversation_in_path(call));
  return answer;
}

json::Object add_note(Call& call, const NoteIn& in) {
  const std::string person = person_of(call);
  return change(call, [&](const Scope& scope, store::Tx& tx, ConversationId id) {
    return note_json(support::add_note(scope, tx, id, person, in.text));
  });
}

json::Object transfer(Call& call, const TransferIn& in) {
  return change(call, [&](const Scope& scope, store::Tx& tx, ConversationId id) {
    identity::require(scope, Right::answer_visitors);
    support::get_conversation(scope, tx, id);
    for (const auto& colleague : support::people_present(scope, tx))
      if (colleague.account == in.account)
        return conversation_json(support::transfer(scope, tx, id, colleague.account, colleague.name));
    throw invalid_field("account", "is nobody who has the inbox open");
  });
}

json::Object return_to_agent(Call& call) {
  return change(call, [](const Scope& scope, store::Tx& tx, ConversationId id) {
    return conversation_json(support::return_to_agent(scope, tx, id));
  });
}

json::Object resolve(Call& call) {
  return change(call, [](const Scope& scope, store::Tx& tx, ConversationId id) {
    return conversation_json(support::resolve(scope, tx, id));
  });
}

json::Object block(Call& call, const BlockIn& in) {
  return change(call, [&](const Scope& scope, store::Tx& tx, ConversationId id) {
    return conversation_json(support::set_blocked(scope, tx, id, in.blocked));
  });
}

void mark_seen(Call& call, const SeenIn& in) {
  change(call, [&](const Scope& scope, store::Tx& tx, ConversationId id) {
    support::mark_read_by_staff(scope, tx, id, in.through);
    return json::Object();
  });
}

void tell_typing(Call& call) {
  const std::string person = person_of(call);
  const auto conversation = call.read([&](store::Tx& tx) {
    const Scope scope = inbox_scope(call, tx);
    identity::require(scope, Right::answer_visitors);
    return support::get_conversation(scope, tx, conversation_in_path(call));
  });
  call.services().live.typing(conversation.id, true, person);
}

json::Object presence(Call& call, const PresenceIn& in) {
  const std::string person = person_of(call);
  return call.write([&](store::Tx& tx) {
    const Scope scope = call.scope(tx);
    support::set_presence(scope, tx, person, in.available);
    json::Array people;
    for (const auto& colleague : support::people_present(scope, tx)) people.push_back(person_json(colleague));
    return json::Object{{"people", std::move(people)}};
  });
}

json::Object list_canned_answers(Call& call) {
  return call.read([&](store::Tx& tx) {
    json::Array results;
    for (const auto& answer : support::canned_answers(call.scope(tx), tx)) results.push_back(canned_answer_json(answer));
    const auto count = static_cast<std::int64_t>(results.size());
    return json::Object{{"count", count}, {"results", std::move(results)}};
  });
}

json::Object put_canned_answer(Call& call, support::CannedAnswerId id, const CannedAnswerIn& in) {
  return call.write([&](store::Tx& tx) {
    return canned_answer_json(support::put_canned_answer(
        call.scope(tx), tx, {.id = id, .shortcut = in.shortcut, .text = in.text, .language = in.language.value_or("")}));
  });
}

support::CannedAnswerId canned_answer_in_path(const Call& call) {
  const auto id = support::CannedAnswerId::parse(call.path("answer"));
  if (!id) throw not_found("canned answer");
  return *id;
}

json::Object add_canned_answer(Call& call, const CannedAnswerIn& in) {
  return put_canned_answer(call, {}, in);
}

json::Object change_canned_answer(Call& call, const CannedAnswerIn& in) {
  return put_canned_answer(call, canned_answer_in_path(call), in);
}

void delete_canned_answer(Call& call) {
  call.write([&](store::Tx& tx) { support::delete_canned_answer(call.scope(tx), tx, canned_answer_in_path(call)); });
}

Route inbox_row(Right right, int status = 200) {
  Route row;
  row.right = right;
  row.status = status;
  return row;
}

void add_conversation_routes(RouteTable& table, const std::string& inbox) {
  const std::string one = inbox + "/{conversation}";
  Route list = inbox_row(Right::read_usage);
  list.query = {{"state"}, {"language"}, {"search"}, {"mine", "boolean"}, {"page", "integer"}, {"page_size", "integer"}};
  Route changes = inbox_row(Right::read_usage);
  changes.query = {{"mode"}, {"wait", "integer"}};
  Route entries = inbox_row(Right::read_usage);
  entries.query = {{"after", "integer"}, {"mode"}, {"wait", "integer"}};
  const Route staffed = inbox_row(Right::answer_visitors);
  for (Route& route : RouteTable{
           get(inbox, "Conversations, the longest waiting first", kAccountOrKey, list_inbox, list),
           get(inbox + "/events", "Tells which conversation changed, as server-sent events", kAccountOrKey, follow_inbox,
               changes),
           get(one, "One conversation with its entries and notes", kAccountOrKey, get_conversation, entries),
           get(one + "/events", "Everything that happens in it, as server-sent events", kAccountOrKey, follow_conversation,
               entries),
           post(one + "/claim", "Take it from the queue or from the agent", kAccount, claim, staffed),
           post(one + "/reply", "Say something to the visitor", kAccount, reply, inbox_row(Right::answer_visitors, 201)),
           post(one + "/notes", "A note for colleagues", kAccount, add_note, inbox_row(Right::answer_visitors, 201)),
           post(one + "/transfer", "Hand it to a colleague who has the inbox open", kAccount, transfer, staffed),
           post(one + "/return", "Give it back to the agent", kAccount, return_to_agent, staffed),
           post(one + "/resolve", "Close it", kAccount, resolve, staffed),
           post(one + "/block", "Block or unblock the visitor", kAccount, block, staffed),
           post(one + "/read", "Everything up to an entry was seen", kAccount, mark_seen, inbox_row(Right::answer_visitors, 204)),
           post(one + "/typing", "A person types", kAccount, tell_typing, inbox_row(Right::answer_visitors, 204))})
    table.push_back(std::move(route));
}

}  // namespace

RouteTable inbox_routes() {
  RouteTable table;
  add_conversation_routes(table, "/api/v1/access/{access}/inbox");
  add_conversation_routes(table, "/api/v1/inbox");
  const std::string answers = "/api/v1/canned-answers";
  for (Route& route : RouteTable{
           post("/api/v1/inbox/presence", "Say that you have the inbox open, and whether you are free", kAccount, presence,
                inbox_row(Right::answer_visitors)),
           get(answers, "Answers to give with a few keys", kAccountOrKey, list_canned_answers, inbox_row(Right::read_usage)),
           post(answers, "Add one", kAccountOrKey, add_canned_answer, inbox_row(Right::answer_visitors, 201)),
           put(answers + "/{answer}", "Change one", kAccountOrKey, change_canned_answer, inbox_row(Right::answer_visitors)),
           remove(answers + "/{answer}", "Delete one", kAccountOrKey, delete_canned_answer,
                  inbox_row(Right::answer_visitors, 204))})
    table.push_back(std::move(route));
  return table;
}

}  // namespace guildhall::api
