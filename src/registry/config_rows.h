// The row of a subscription's configuration, from its first day to its last; private to registry.
#pragma once

#include "base/ids.h"
#include "store/tx.h"

namespace guildhall::registry {

void open_config(store::Tx& tx, OrganizationId organization, SubscriptionId subscription);
void archive_config(store::Tx& tx, OrganizationId organization, SubscriptionId subscription);

}  // namespace guildhall::registry
