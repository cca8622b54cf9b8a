// Answering a turn of a conversation: admission, run, settlement, and the next turn when the visitor went on meanwhile
// (contracts/support-partner.md §3).
#pragma once

#include "api/services.h"
#include "gateway/admission.h"
#include "support/conversations.h"

namespace guildhall::api {

/// `escalation` of a subscription's configuration; what a configuration of an older version cannot mean is its default.
support::HandoverSettings handover_settings_of(const json::Object& config);
/// Refusal(validation_failed) naming what is wrong in the `escalation` of a change of configuration, if it has one.
void check_escalation(const json::Object& changes);

/// Blocks until nothing is left to answer. What cannot be admitted is said by the platform, in the conversation. Never throws for
/// the visitor's or the agent's faults.
void answer_turn(Services& services, const support::Turn& turn, const gateway::Caller& caller);

/// Turns that a crash left without an answer: takes them over and answers them, each by a job of kind "support.answer".
void queue_lost_turns(store::Database& database);
/// The work of that job.
void answer_lost_turn(Services& services, OrganizationId organization, const json::Object& payload);

}  // namespace guildhall::api
