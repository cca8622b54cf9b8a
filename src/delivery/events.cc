// Domain events: the outbox and the subscribers in this process.
#include "delivery/events.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "limits.h"

namespace guildhall::delivery {

namespace {

constexpr std::string_view kEventTopic = "event";

/// Counts the emits inside one another on this thread.
class EmitDepth {
 public:
  EmitDepth() {
    if (depth == kEmitDepthMax) throw std::logic_error("events cause one another in a circle");
    ++depth;
  }
  ~EmitDepth() { --depth; }
  EmitDepth(const EmitDepth&) = delete;
  EmitDepth& operator=(const EmitDepth&) = delete;

 private:
  static thread_local int depth;
};

thread_local int EmitDepth::depth = 0;

/// Grows with every call and with time, so that the order survives a restart.
std::int64_t next_sequence(Timestamp now) {
  static std::atomic<std::int64_t> last{0};
  std::int64_t before = last.load();
  std::int64_t next = 0;
  do {
    next = std::max(before + 1, now.us);
  } while (!last.compare_exchange_weak(before, next));
  return next;
}

bool is_event_type(std::string_view type) {
  bool has_dot = false;
  char previous = '.';
  for (const char c : type) {
    const bool is_dot = c == '.';
    if (!is_dot && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
    if (is_dot && previous == '.') return false;
    has_dot = has_dot || is_dot;
    previous = c;
  }
  return has_dot && previous != '.';
}

json::Value told(const Event& event) {
  return json::Object{{"type", event.type},
                      {"organization", event.organization.text()},
                      {"subject", dashed(event.subject)},
                      {"payload", event.payload}};
}

Event heard(const json::Value& value) {
  Event event;
  event.type = json::text_of(value, "type");
  event.organization = OrganizationId::parse(json::text_of(value, "organization")).value();
  event.subject = parse_uuid(json::text_of(value, "subject")).value();
  event.payload = *json::find_object(value, "payload");
  return event;
}

StoredEvent stored_event(const store::Row& row, OrganizationId organization) {
  StoredEvent stored;
  stored.id = row.id<EventId>(0);
  stored.sequence = row.integer(1);
  stored.occurred_at = row.timestamp(2);
  stored.event.type = row.text(3);
  stored.event.organization = organization;
  stored.event.subject = row.id<EventId>(4).uuid;
  stored.event.payload = row.json(5).as_object();
  return stored;
}

std::vector<StoredEvent> stored_events(const store::Rows& rows, OrganizationId organization) {
  std::vector<StoredEvent> events;
  events.reserve(rows.size());
  for (const store::Row& row : rows) events.push_back(stored_event(row, organization));
  return events;
}

}  // namespace

void Subscribers::on(std::string_view type, Handler handler) {
  if (!is_event_type(type)) throw std::logic_error("not an event type: " + std::string(type));
  handlers_.emplace_back(type, std::move(handler));
}

void Subscribers::attach(store::Database& database) const {
  database.set_listener([this](store::Tx& tx, std::string_view topic, const json::Value& payload) {
    if (topic != kEventTopic) return;
    const std::string_view type = json::text_of(payload, "type");
    const auto is_wanted = [&](const auto& entry) { return entry.first == type; };
    if (std::none_of(handlers_.begin(), handlers_.end(), is_wanted)) return;
    const Event event = heard(payload);
    for (const auto& [wanted, handler] : handlers_) {
      if (wanted == event.type) handler(tx, event);
    }
  });
}

void emit(store::Tx& tx, const Event& event) {
  const EmitDepth depth;
  if (!is_event_type(event.type)) throw std::logic_error("not an event type: " + event.type);
  const std::string payload = json::write(event.payload);
  if (payload.size() > kPayloadBytesMax) throw std::logic_error("the payload of " + event.type + " is too large");
  tx.execute(
      "INSERT INTO outbox_event (organization_id, occurred_at, sequence, id, type, subject_id, payload) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {event.organization, tx.now(), next_sequence(tx.now()), EventId::random(), event.type, dashed(event.subject), payload});
  tx.tell(kEventTopic, told(event));
}

std::vector<StoredEvent> events_of(store::Tx& tx, OrganizationId organization, Timestamp since, std::size_t limit) {
  const auto rows = tx.query(
      "SELECT id, sequence, occurred_at, type, subject_id, payload FROM outbox_event "
      "WHERE organization_id = $1 AND occurred_at > $2 ORDER BY occurred_at, sequence, id LIMIT $3",
      {organization, since, static_cast<std::int64_t>(std::min(limit, kListMax))});
  return stored_events(rows, organization);
}

std::int64_t expire_events(store::Tx& tx) {
  const Timestamp before = tx.now() - kEventsKeptUs;
  std::int64_t deleted = 0;
  // One organization after the other: the key begins with it, so each deletion is a range of the key.
  auto organization = tx.first("SELECT organization_id FROM outbox_event ORDER BY organization_id LIMIT 1");
  while (organization) {
    const auto id = organization->id<OrganizationId>(0);
    deleted += tx.execute("DELETE FROM outbox_event WHERE organization_id = $1 AND occurred_at < $2", {id, before});
    organization =
        tx.first("SELECT organization_id FROM outbox_event WHERE organization_id > $1 ORDER BY organization_id LIMIT 1", {id});
  }
  return deleted;
}

std::vector<StoredEvent> events_after(store::Tx& tx, const StoredEvent& after, std::size_t limit) {
  const OrganizationId organization = after.event.organization;
  const auto rows = tx.query(
      "SELECT id, sequence, occurred_at, type, subject_id, payload FROM outbox_event "
      "WHERE organization_id = $1 AND (occurred_at, sequence, id) > ($2, $3, $4) ORDER BY occurred_at, sequence, id LIMIT $5",
      {organization, after.occurred_at, after.sequence, after.id, static_cast<std::int64_t>(std::min(limit, kListMax))});
  return stored_events(rows, organization);
}

}  // namespace guildhall::delivery
