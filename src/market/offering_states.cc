// The state machine of offerings (contracts/cmp.md §7.1).
#include <array>

#include "base/errors.h"
#include "checks.h"
#include "identity/organizations.h"
#include "market/catalogue.h"
#include "market/orders.h"
#include "offering_rows.h"

namespace guildhall::market {
namespace {

struct OfferingTransition {
  OfferingState from;
  OfferingState to;
};

constexpr std::array<OfferingTransition, 12> kOfferingTransitions{{
    {OfferingState::draft, OfferingState::paused},
    {OfferingState::draft, OfferingState::active},
    {OfferingState::paused, OfferingState::active},
    {OfferingState::active, OfferingState::paused},
    {OfferingState::draft, OfferingState::archived},
    {OfferingState::active, OfferingState::archived},
    {OfferingState::paused, OfferingState::archived},
    {OfferingState::archived, OfferingState::archived},
    {OfferingState::draft, OfferingState::draft},
    {OfferingState::active, OfferingState::draft},
    {OfferingState::paused, OfferingState::draft},
    {OfferingState::archived, OfferingState::draft},
}};

/// Draft becomes Paused when its agent is listed, and in no other way.
bool is_allowed(const Offering& offering, OfferingState to) {
  if (offering.state == OfferingState::draft && to == OfferingState::paused && !offering.agent) return false;
  for (const OfferingTransition& transition : kOfferingTransitions) {
    if (transition.from == offering.state && transition.to == to) return true;
  }
  return false;
}

}  // namespace

Offering change_offering_state(const Scope& scope, store::Tx& tx, OfferingId id, OfferingState to,
                               std::string_view paused_reason) {
  Offering offering = offering_to_change(scope, tx, id);
  check_text("paused_reason", paused_reason, kCommentBytesMax);
  if (!is_allowed(offering, to)) throw Refusal(Code::invalid_transition, "Offering state is invalid.");
  if (to == OfferingState::active) {
    if (!identity::get_organization(scope, tx).is_provider) {
      throw Refusal(Code::provider_not_approved,
                    "the organization is not an approved service provider; ask the operator to approve it");
    }
    if (!offering.has_live_plan()) {
      throw Refusal(Code::plan_required, "offering '" + offering.name + "' has no plan that can be ordered; add one first");
    }
  }
  const std::string_view from = wire_name(offering.state);
  offering.state = to;
  offering.paused_reason = to == OfferingState::paused ? paused_reason : std::string_view();
  tx.execute("UPDATE offering SET state = $3, paused_reason = $4 WHERE organization_id = $1 AND offering_id = $2",
             {offering.organization, id, wire_name(to), offering.paused_reason});
  tell_about_offering(scope, tx, offering, "offering.set_state", {{"from", from}, {"to", wire_name(to)}});
  return offering;
}

void delete_offering(const Scope& scope, store::Tx& tx, OfferingId id) {
  const Offering offering = offering_to_change(scope, tx, id);
  const auto subscribed = tx.first("SELECT 1 FROM subscription WHERE offering_id = $1 LIMIT 1", {id});
  if (offering.state != OfferingState::draft || subscribed) {
    throw Refusal(Code::permission_denied,
                  "only a Draft that nobody ever subscribed to can be deleted; archive '" + offering.name + "' instead");
  }
  for (const Plan& plan : offering.plans) {
    tx.execute("DELETE FROM plan_component WHERE organization_id = $1 AND plan_id = $2", {offering.organization, plan.id});
  }
  tx.execute("DELETE FROM plan WHERE organization_id = $1 AND offering_id = $2", {offering.organization, id});
  tx.execute("DELETE FROM offering_component WHERE organization_id = $1 AND offering_id = $2", {offering.organization, id});
  tx.execute("DELETE FROM offering WHERE organization_id = $1 AND offering_id = $2", {offering.organization, id});
  tell_about_offering(scope, tx, offering, "offering.delete", {});
}

}  // namespace guildhall::market
