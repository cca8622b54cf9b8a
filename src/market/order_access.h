// Who sees an order and for which side they act; private to market.
#pragma once

#include "market/orders.h"

namespace guildhall::market {

/// The customer's side: the scope's organization, and its project where the scope is bound to one.
bool acts_for_customer(const Scope& scope, OrganizationId organization, ProjectId project);
/// The provider's side, with the right to provide.
bool acts_for_provider(const Scope& scope, OrganizationId provider);
/// Members of the providing organization who are not bound to a project.
bool sees_as_provider(const Scope& scope, OrganizationId provider);
/// Refusal(permission_denied) for scopes that may read no orders at all.
void require_reading(const Scope& scope);

/// The locked order; Refusal(not_found) when neither side is the scope's.
Order order_to_change(const Scope& scope, store::Tx& tx, OrderId id);

}  // namespace guildhall::market
