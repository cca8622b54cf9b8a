// Domain events: how a lower room tells a higher one that something happened.
//
// emit() appends to the outbox and calls the in-process subscribers inside the same transaction, so what an event causes
// is stored with what caused it, or not at all. What must leave the process (webhooks) follows from the outbox by jobs.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "store/database.h"

namespace guildhall::delivery {

struct Event {
  std::string type;             ///< dotted, lower case: "order.completed"
  OrganizationId organization;  ///< whose event it is; nil for the installation's own
  Uuid subject;                 ///< the thing it happened to
  json::Object payload;         ///< identifiers and values, never secrets
};

/// Who wants to know. Built while wiring, then constant.
class Subscribers {
 public:
  using Handler = std::function<void(store::Tx&, const Event&)>;
  /// Handlers of a type run in the order they were added. A handler that throws rolls everything back.
  void on(std::string_view type, Handler handler);
  /// Makes `database` call these handlers. The object must outlive the database.
  void attach(store::Database& database) const;

 private:
  std::vector<std::pair<std::string, Handler>> handlers_;
};

void emit(store::Tx& tx, const Event& event);

struct StoredEvent {
  EventId id;
  std::int64_t sequence = 0;  ///< order of this node's commits; ties are broken by id
  Timestamp occurred_at;
  Event event;
};

/// Events of one organization later than `since`, oldest first (by time, then sequence), at most `limit` and 1000.
std::vector<StoredEvent> events_of(store::Tx& tx, OrganizationId organization, Timestamp since, std::size_t limit);
/// The events that follow `after` in its organization: the next page, which loses none that happened at the same instant.
std::vector<StoredEvent> events_after(store::Tx& tx, const StoredEvent& after, std::size_t limit);

/// Deletes what is older than 30 days; returns how many. The runner does so every hour.
std::int64_t expire_events(store::Tx& tx);

}  // namespace guildhall::delivery
