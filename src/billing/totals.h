// Sums over the ledger that other files of this room need.
#pragma once

#include "billing/ledger.h"
#include "store/tx.h"

namespace guildhall::billing {

/// What the snapshot of a month must say, computed from the ledger. Test runs are not in it.
Snapshot snapshot_of_ledger(store::Tx& tx, OrganizationId organization, const Cycle& cycle);

}  // namespace guildhall::billing
