// The names of this room's enumerations on the wire and in its tables.
#include <array>
#include <stdexcept>

#include "billing/invoices.h"
#include "billing/ledger.h"
#include "billing/quota.h"
#include "usage_row.h"

namespace guildhall::billing {

std::string_view wire_name(UsageKind kind) {
  switch (kind) {
    case UsageKind::run: return "run";
    case UsageKind::test: return "test";
    case UsageKind::external: return "external";
    case UsageKind::adjustment: return "adjustment";
  }
  throw std::logic_error("unknown usage kind");
}

UsageKind usage_kind_of(std::string_view name) {
  constexpr std::array kKinds{UsageKind::run, UsageKind::test, UsageKind::external, UsageKind::adjustment};
  for (const UsageKind kind : kKinds) {
    if (wire_name(kind) == name) return kind;
  }
  throw std::logic_error("unknown usage kind " + std::string(name));
}

std::string_view wire_name(QuotaScope scope) {
  switch (scope) {
    case QuotaScope::key: return "key";
    case QuotaScope::subscription: return "subscription";
    case QuotaScope::organization: return "organization";
  }
  throw std::logic_error("unknown quota scope");
}

std::string_view wire_name(InvoiceState state) {
  switch (state) {
    case InvoiceState::pending: return "pending";
    case InvoiceState::pending_finalization: return "pending_finalization";
    case InvoiceState::created: return "created";
    case InvoiceState::paid: return "paid";
    case InvoiceState::canceled: return "canceled";
  }
  throw std::logic_error("unknown invoice state");
}

}  // namespace guildhall::billing
