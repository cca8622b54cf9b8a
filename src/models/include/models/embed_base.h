// The work that gives a knowledge base its vectors (contracts/support-partner.md §2.8).
#pragma once

#include <stop_token>

#include "delivery/jobs.h"
#include "models/find_passages.h"
#include "store/database.h"

namespace guildhall::models {

/// The work of the job "knowledge.embed": embeds what lacks a vector, a few texts at a time, each batch stored before the next.
/// After ten seconds it queues the job that goes on. Running it twice changes nothing. Throws what a later try may find mended;
/// its last try leaves the reason with the base.
void embed_base(store::Database& database, SearchModels& with, const delivery::Job& job, const std::stop_token& stop);

}  // namespace guildhall::models
