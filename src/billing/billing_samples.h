// What the tests of this room share: identifiers, records and reservations with plain values.
#pragma once

#include <string>

#include "billing/quota.h"
#include "support/databases.h"

namespace guildhall::billing::samples {

inline constexpr Cycle kCycle{2026, 3};

/// One customer with one key of one subscription.
struct Customer {
  OrganizationId organization = OrganizationId::random();
  SubscriptionId subscription = SubscriptionId::random();
  AccessKeyId key = AccessKeyId::random();
  OrganizationId provider = OrganizationId::random();
  AgentId agent = AgentId::random();
};

inline UsageRecord run_of(const Customer& customer, std::string request_id, const Decimal& units = Decimal(1)) {
  UsageRecord record;
  record.request_id = std::move(request_id);
  record.organization = customer.organization;
  record.subscription = customer.subscription;
  record.key = customer.key;
  record.provider = customer.provider;
  record.agent = customer.agent;
  record.endpoint = "/api/v1/chat";
  record.method = "POST";
  record.status = 200;
  record.response_time_ms = 12;
  record.tokens_input = 15;
  record.tokens_output = 45;
  record.units = units;
  record.cost_minor = Decimal::of("0.25");
  record.occurred_at = test::kStart;
  record.cycle = kCycle;
  return record;
}

struct Limits {
  std::optional<Decimal> key;
  std::optional<Decimal> subscription;
  std::optional<Decimal> organization;
};

inline Reservation reservation_of(const Customer& customer, std::string request_id, const Limits& limits,
                                  const Decimal& units = Decimal(1)) {
  Reservation reservation;
  reservation.request_id = request_id;
  reservation.organization = customer.organization;
  reservation.limits = {{QuotaScope::key, customer.key.uuid, limits.key},
                        {QuotaScope::subscription, customer.subscription.uuid, limits.subscription},
                        {QuotaScope::organization, customer.organization.uuid, limits.organization}};
  reservation.units = units;
  reservation.cycle = kCycle;
  reservation.expires_at = test::kStart + seconds(60);
  reservation.orphan = run_of(customer, std::move(request_id));
  return reservation;
}

inline Quota subscription_quota(store::Tx& tx, const Customer& customer, Cycle cycle = kCycle) {
  return quota_of(tx, customer.organization, QuotaScope::subscription, customer.subscription.uuid, cycle, std::nullopt);
}
inline Quota key_quota(store::Tx& tx, const Customer& customer, Cycle cycle = kCycle) {
  return quota_of(tx, customer.organization, QuotaScope::key, customer.key.uuid, cycle, std::nullopt);
}
inline Quota organization_quota(store::Tx& tx, const Customer& customer, Cycle cycle = kCycle) {
  return quota_of(tx, customer.organization, QuotaScope::organization, customer.organization.uuid, cycle, std::nullopt);
}

}  // namespace guildhall::billing::samples
