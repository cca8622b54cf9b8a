// The two sides of an order.
#include "order_access.h"

#include "base/errors.h"

namespace guildhall::market {

bool acts_for_customer(const Scope& scope, OrganizationId organization, ProjectId project) {
  return scope.organization == organization && (!scope.project || *scope.project == project);
}

bool sees_as_provider(const Scope& scope, OrganizationId provider) {
  return scope.organization == provider && !scope.subscription && (!scope.project || scope.may(Right::provide_agents));
}

bool acts_for_provider(const Scope& scope, OrganizationId provider) {
  return sees_as_provider(scope, provider) && scope.may(Right::provide_agents);
}

void require_reading(const Scope& scope) {
  if (!scope.may(Right::provide_agents) && !scope.may(Right::operate_read)) require(scope, Right::read_subscriptions);
}

Order order_to_change(const Scope& scope, store::Tx& tx, OrderId id) {
  tx.execute("UPDATE market_order SET modified_at = modified_at WHERE order_id = $1", {id});
  return get_order(scope, tx, id);
}

}  // namespace guildhall::market
