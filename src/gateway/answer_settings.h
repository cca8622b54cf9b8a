// What of an AgentConfig a run obeys when it answers (contracts/support-partner.md §2.6).
#pragma once

#include "base/json.h"
#include "models/extractive.h"

namespace guildhall::gateway {

/// Members that are missing or of another type keep their defaults: an agent's own configuration tunes its flow as well.
models::AnswererSettings answer_settings(const json::Object& config);

/// False when the subscriber's documents are switched off (`rag_enabled`).
bool uses_documents(const json::Object& config);

}  // namespace guildhall::gateway
