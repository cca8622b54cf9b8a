// The index of a snapshot, from the chunks in the database.
#pragma once

#include <memory>

#include "base/ids.h"
#include "index/index.h"
#include "store/tx.h"

namespace guildhall::knowledge {

/// Of the snapshot `tx` sees. From `other`, the index of another snapshot of the base, all is taken over that is the same in
/// both, and only the chunks of other documents are read: a change of one document costs a copy in memory. May be null.
std::shared_ptr<const BaseIndex> build_index(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base,
                                             std::shared_ptr<const BaseIndex> other);

}  // namespace guildhall::knowledge
