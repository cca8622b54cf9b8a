// Finalized months, as the ledger needs to know them.
#pragma once

#include "base/ids.h"
#include "base/time.h"
#include "store/tx.h"

namespace guildhall::billing {

/// For a row of a month that is over: true when the month is still open, and then its finalizing waits for, or conflicts with,
/// this transaction; false when it is finalized.
bool joins_open_cycle(store::Tx& tx, OrganizationId organization, const Cycle& cycle);

}  // namespace guildhall::billing
