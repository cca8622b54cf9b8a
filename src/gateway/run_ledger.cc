// Reserving, running and settling one run.
#include "run_ledger.h"

#include <algorithm>

#include "base/errors.h"
#include "base/log.h"
#include "base/metrics.h"
#include "delivery/events.h"
#include "knowledge/pairs.h"
#include "net/client.h"

namespace guildhall::gateway {
namespace {

constexpr int kClientClosed = 499;
constexpr std::int64_t kOrphanGraceUs = 30 * kMicrosecondsPerSecond;

/// Units a successful run is charged, by what the plan counts (contracts/registry.md §11).
Decimal units_of(const std::string& billable_unit, const models::Usage& usage, bool opens_conversation) {
  if (billable_unit == "token") return Decimal(usage.total());
  if (billable_unit == "conversation") return Decimal(opens_conversation ? 1 : 0);
  if (billable_unit == "resolution") return Decimal(0);
  return Decimal(1);
}

/// Each document the answer cites, once.
std::vector<DocumentId> cited_documents(const runtime::RunResult& result) {
  std::vector<DocumentId> documents;
  for (const auto& citation : result.citations) {
    if (std::find(documents.begin(), documents.end(), citation.document) == documents.end())
      documents.push_back(citation.document);
  }
  return documents;
}

/// What a failed run leaves in its conversation: the question and the error, which later runs do not read as history.
std::vector<runtime::Message> failed_turn(const runtime::RunRequest& request, const std::string& error, Timestamp now) {
  std::vector<runtime::Message> said;
  runtime::Message message;
  message.session_id = request.session.session_id;
  message.run_id = request.run_id;
  message.timestamp = now;
  if (request.input_value) {
    message.text = *request.input_value;
    message.sender = "User";
    message.sender_name = "User";
    said.push_back(message);
  }
  message.text = error;
  message.sender = "Machine";
  message.sender_name = "AI";
  message.is_error = true;
  said.push_back(std::move(message));
  return said;
}

}  // namespace

SessionOpening open_session(store::Database& database, OrganizationId organization, Uuid owner, const RunCall& call) {
  SessionOpening opening;
  opening.key = {organization, owner, call.session_id};
  if (!call.session_id.empty()) runtime::check_session_id(call.session_id);
  if (call.conversation) {
    const Scope scope = identity::system_scope(organization, "gateway");
    const auto session =
        database.read([&](store::Tx& tx) { return runtime::get_conversation(scope, tx, owner, *call.conversation); });
    opening.key.session_id = session.key.session_id;
    opening.conversation = session.id;
    return opening;
  }
  opening.conversation = ConversationId::random();
  if (opening.key.session_id.empty()) opening.key.session_id = opening.conversation.text();
  return opening;
}

RunLedger RunLedger::of_subscription(billing::OpenRuns& open_runs, const Access& access, AgentVersionId version,
                                     const Caller& caller, std::int64_t timeout_s, std::int64_t received_us) {
  RunLedger ledger(open_runs);
  auto& record = ledger.record_;
  record.id = UsageRecordId::random();
  record.request_id = RunId::random().text();
  record.organization = access.key.organization;
  record.project = access.subscription->project;
  record.subscription = access.subscription->id;
  if (!access.is_widget) record.key = access.key.id;
  record.provider = access.subscription->provider;
  record.agent = access.agent->id;
  record.version = version;
  record.plan = access.subscription->plan;
  record.endpoint = caller.endpoint;
  record.method = caller.method;
  record.billable_unit = access.plan->terms.billable_unit;
  ledger.timeout_s_ = timeout_s;
  ledger.received_us_ = received_us;
  return ledger;
}

RunLedger RunLedger::of_test(billing::OpenRuns& open_runs, const Scope& scope, const Caller& caller, std::int64_t received_us) {
  RunLedger ledger(open_runs);
  auto& record = ledger.record_;
  record.id = UsageRecordId::random();
  record.request_id = RunId::random().text();
  record.kind = billing::UsageKind::test;
  record.organization = scope.organization;
  record.provider = scope.organization;
  record.endpoint = caller.endpoint;
  record.method = caller.method;
  ledger.received_us_ = received_us;
  return ledger;
}

void RunLedger::name_agent(AgentId agent, AgentVersionId version) {
  record_.agent = agent;
  record_.version = version;
}

std::optional<billing::Quota> RunLedger::reserve(Timestamp now, const std::vector<billing::QuotaLimit>& limits) {
  billing::Reservation reservation;
  reservation.request_id = record_.request_id;
  reservation.organization = record_.organization;
  reservation.limits = limits;
  reservation.cycle = cycle_of(now);
  reservation.expires_at = now + seconds(timeout_s_) + kOrphanGraceUs;
  record_.occurred_at = now;
  record_.cycle = reservation.cycle;
  reservation.orphan = record_;
  reservation.orphan.status = 503;
  return open_runs_->reserve(reservation);
}

void RunLedger::measure(const models::Usage& usage) {
  record_.tokens_input = usage.input_tokens;
  record_.tokens_output = usage.output_tokens;
  record_.response_time_ms = (monotonic_us() - received_us_) / 1000;
}

RunAnswer RunLedger::run_and_settle(const runtime::Engine& engine, const runtime::Prepared& flow,
                                    const runtime::RunRequest& request, const SessionOpening& opening, const RunCall& call,
                                    runtime::Observer* observer) {
  static auto& seconds_histogram = metrics::histogram("guildhall_run_seconds", "Runs from request to settled ledger row");
  models::Usage spent;
  RunAnswer answer;
  try {
    answer.result = runtime::run(engine, flow, request, observer, &spent);
  } catch (const Refusal& refusal) {
    settle_failure(engine, request, opening, call,
                   {http_status(refusal.code), refusal.message, spent, request.stop.stop_requested()});
    throw;
  } catch (const net::OutboundError& failure) {
    const bool was_cancelled = failure.failure == net::OutboundFailure::cancelled;
    settle_failure(engine, request, opening, call, {503, failure.message, spent, was_cancelled});
    throw Refusal(Code::upstream_error, failure.message);
  } catch (const std::exception&) {
    settle_failure(engine, request, opening, call, {500, "something went wrong inside", spent, request.stop.stop_requested()});
    throw;
  }
  measure(answer.result.usage);
  record_.status = 200;
  auto& messages = answer.result.messages;
  engine.database->write(
      [&](store::Tx& tx) {
        // A closure may run twice: it works on copies and writes its results over the same places.
        std::vector<runtime::Message> stored = messages;
        if (call.before_store) call.before_store(tx, stored, &answer.result);
        const auto session =
            runtime::store_messages(tx, opening.key, opening.conversation, call.channel, stored, answer.result.language);
        answer.conversation = session.id;
        const bool opens = session.id == opening.conversation && session.started_at == tx.now();
        answer.message = stored.empty() || !stored.back().id ? MessageId::random() : *stored.back().id;
        record_.conversation = session.id;
        record_.occurred_at = tx.now();
        record_.cycle = cycle_of(tx.now());
        record_.units = record_.kind == billing::UsageKind::test
                            ? Decimal()
                            : units_of(record_.billable_unit, answer.result.usage, opens || call.opens_conversation);
        if (!open_runs_->settle(tx, record_))
          log::warning("run settled before", {{"request", std::string_view(record_.request_id)}});
        answer.finished_at = tx.now();
        // A test is nobody's conversation: nothing is counted or told of it.
        if (record_.kind == billing::UsageKind::test) return;
        knowledge::count_hits(tx, record_.organization, cited_documents(answer.result));
        if (opens)
          delivery::emit(tx, {.type = "conversation.created",
                              .organization = record_.organization,
                              .subject = session.id.uuid,
                              .payload = {{"channel", call.channel},
                                          {"subscription", opening.key.owner.is_nil() ? "" : dashed(opening.key.owner)}}});
      },
      store::Isolation::row_locks);
  answer.elapsed_ms = record_.response_time_ms;
  seconds_histogram.observe_us(monotonic_us() - received_us_);
  return answer;
}

void RunLedger::settle_failure(const runtime::Engine& engine, const runtime::RunRequest& request, const SessionOpening& opening,
                               const RunCall& call, const Failure& failure) {
  measure(failure.usage);
  record_.status = failure.was_cancelled ? kClientClosed : failure.status;
  // A visitor who left pays for what was produced; a failed run costs nothing.
  const bool is_charged = failure.was_cancelled && failure.usage.output_tokens > 0 && record_.kind != billing::UsageKind::test;
  record_.units = is_charged ? units_of(record_.billable_unit, failure.usage, false) : Decimal();
  engine.database->write(
      [&](store::Tx& tx) {
        std::vector<runtime::Message> said = failed_turn(request, failure.message, tx.now());
        if (call.before_store) call.before_store(tx, said, nullptr);
        record_.conversation = runtime::store_messages(tx, opening.key, opening.conversation, call.channel, said).id;
        record_.occurred_at = tx.now();
        record_.cycle = cycle_of(tx.now());
        open_runs_->settle(tx, record_);
      },
      store::Isolation::row_locks);
}

}  // namespace guildhall::gateway
