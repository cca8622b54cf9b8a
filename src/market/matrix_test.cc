// Role × state × action of offerings and orders, every combination (contracts/cmp.md §7.1, §7.2, §13.3).
#include <doctest/doctest.h>

#include <set>

#include "fixtures_for_test.h"
#include "support/databases.h"

using namespace guildhall;
using namespace guildhall::market;
using namespace guildhall::market::test;
using identity::Role;

namespace {

struct Actor {
  std::string name;
  Scope scope;
};

Scope with_role(store::Tx& tx, const Scope& owner, Role role, std::optional<ProjectId> project = std::nullopt) {
  const identity::Account account = person(tx, "p" + AccountId::random().hex().substr(0, 10));
  identity::grant(owner, tx, account.id, role, project, {});
  return scope_of(tx, account, owner.organization);
}

Scope support_scope(store::Tx& tx, OrganizationId organization) {
  identity::Account support = person(tx, "s" + AccountId::random().hex().substr(0, 10));
  support.is_support = true;
  return scope_of(tx, support, organization);
}

/// 'Y' allowed, '3' 403, '4' 404.
char verdict_on(const std::string& actor, const std::string& allowed, const std::set<std::string>& blind) {
  if (blind.contains(actor)) return '4';
  return (" " + allowed + " ").find(" " + actor + " ") != std::string::npos ? 'Y' : '3';
}

const std::vector<OfferingState> kOfferingStates{OfferingState::draft, OfferingState::active, OfferingState::paused,
                                                 OfferingState::archived};

struct ActionCase {
  OrderAction action;
  std::string allowed;  ///< actors
  std::string states;   ///< legal source states
  std::string types;    ///< offering types it is offered for
};
const std::vector<ActionCase> kActionCases{
    {OrderAction::approve_by_consumer, "owner operator", "pending-consumer", "basic slurm"},
    {OrderAction::reject_by_consumer, "owner operator creator", "pending-consumer", "basic slurm"},
    {OrderAction::approve_by_provider, "seller seller_role operator", "pending-provider", "basic slurm"},
    {OrderAction::reject_by_provider, "seller seller_role operator", "pending-provider", "basic slurm"},
    {OrderAction::cancel, "owner manager project_admin project_manager operator", "pending-consumer pending-provider executing",
     "basic"},
    {OrderAction::set_state_executing, "seller seller_role operator", "pending-consumer pending-provider erred", "slurm"},
    {OrderAction::set_state_done, "seller seller_role operator", "executing", "basic slurm"},
    {OrderAction::set_state_erred, "seller seller_role operator", "executing", "slurm"},
};
const std::vector<OrderState> kOrderStates{OrderState::pending_consumer,
                                           OrderState::pending_project,
                                           OrderState::pending_start_date,
                                           OrderState::pending_provider,
                                           OrderState::executing,
                                           OrderState::done,
                                           OrderState::erred,
                                           OrderState::canceled,
                                           OrderState::rejected};

}  // namespace

TEST_CASE("offerings: every role in every state may exactly what the table says") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    Market market;
    std::vector<Actor> actors;
    database.write([&](store::Tx& tx) {
      market = make_market(tx);
      actors = {{"owner", market.selling},
                {"manager", with_role(tx, market.selling, Role::customer_manager)},
                {"viewer", with_role(tx, market.selling, Role::customer_support)},
                {"provider", with_role(tx, market.selling, Role::provider)},
                {"offering_manager", with_role(tx, market.selling, Role::offering_manager)},
                {"support", support_scope(tx, market.provider)},
                {"operator", scope_of(tx, person(tx, "root", true), market.provider)},
                {"stranger", market.buying}};
    });
    // Rows from, columns to: Draft, Active, Paused, Archived. An internal offering may be listed from Draft.
    const std::vector<std::string> legal{"1111", "1011", "1101", "1001"};
    std::size_t combinations = 0;
    for (const Actor& actor : actors) {
      for (std::size_t from = 0; from < 4; ++from) {
        for (std::size_t to = 0; to < 4; ++to) {
          CAPTURE(actor.name);
          CAPTURE(from);
          CAPTURE(to);
          const char verdict = verdict_on(actor.name, "owner manager provider offering_manager operator", {"stranger"});
          const Code expected = verdict == '4'           ? Code::not_found
                                : verdict == '3'         ? Code::permission_denied
                                : legal[from][to] == '1' ? Code::internal_error
                                                         : Code::invalid_transition;
          try_out(database, [&](store::Tx& tx) {
            tx.execute("UPDATE offering SET state = $2 WHERE offering_id = $1",
                       {market.internal.id, wire_name(kOfferingStates[from])});
            CHECK(refusal_of([&] { change_offering_state(actor.scope, tx, market.internal.id, kOfferingStates[to], "x"); }) ==
                  expected);
            if (expected == Code::internal_error)
              CHECK(get_offering(market.selling, tx, market.internal.id).state == kOfferingStates[to]);
          });
          ++combinations;
        }
      }
    }
    CHECK(combinations == 8 * 16);
    try_out(database, [&](store::Tx& tx) {
      change_offering_state(market.selling, tx, market.basic.id, OfferingState::draft, {});
      CHECK(refusal_of([&] { change_offering_state(market.selling, tx, market.basic.id, OfferingState::paused, {}); }) ==
            Code::invalid_transition);
    });
  });
}

TEST_CASE("orders: every role in every state may exactly what the table says") {
  guildhall::test::for_each_database([&](store::Database& database, ManualClock&) {
    Market market;
    std::vector<Actor> actors;
    std::map<std::string, OrderId> orders;
    database.write([&](store::Tx& tx) {
      market = make_market(tx);
      const Scope creator = with_role(tx, market.buying, Role::project_member, market.project);
      const ProjectId elsewhere = project_in(market.buying, tx, "Elsewhere");
      const identity::Account stranger = person(tx, "stranger");
      actors = {{"owner", market.buying},
                {"manager", with_role(tx, market.buying, Role::customer_manager)},
                {"viewer", with_role(tx, market.buying, Role::customer_support)},
                {"project_admin", with_role(tx, market.buying, Role::project_admin, market.project)},
                {"project_manager", with_role(tx, market.buying, Role::project_manager, market.project)},
                {"creator", creator},
                {"neighbour", with_role(tx, market.buying, Role::project_admin, elsewhere)},
                {"seller", market.selling},
                {"seller_role", with_role(tx, market.selling, Role::provider)},
                {"seller_viewer", with_role(tx, market.selling, Role::customer_support)},
                {"support", support_scope(tx, market.customer)},
                {"operator", scope_of(tx, person(tx, "root", true), market.customer)},
                {"stranger", scope_of(tx, stranger, company(tx, stranger, "Stranger"))}};
      orders["basic"] = place_order(creator, tx, order_for(market, market.basic)).id;
      orders["slurm"] = place_order(creator, tx, order_for(market, market.slurm)).id;
      CHECK(get_order(creator, tx, orders["basic"]).state == OrderState::pending_consumer);
    });
    std::size_t combinations = 0;
    for (const auto& [type, order] : orders) {
      for (const Actor& actor : actors) {
        for (const ActionCase& row : kActionCases) {
          for (const OrderState state : kOrderStates) {
            CAPTURE(type);
            CAPTURE(actor.name);
            CAPTURE(wire_name(row.action));
            CAPTURE(wire_name(state));
            const char verdict = verdict_on(actor.name, row.allowed, {"neighbour", "stranger"});
            const bool legal = (" " + row.states + " ").find(" " + std::string(wire_name(state)) + " ") != std::string::npos;
            const Code expected = verdict == '4'                              ? Code::not_found
                                  : verdict == '3'                            ? Code::permission_denied
                                  : !legal                                    ? Code::invalid_transition
                                  : row.types.find(type) == std::string::npos ? Code::method_not_allowed
                                                                              : Code::internal_error;
            try_out(database, [&, order_id = order](store::Tx& tx) {
              tx.execute("UPDATE market_order SET state = $2 WHERE order_id = $1", {order_id, wire_name(state)});
              CHECK(refusal_of([&] { act_on_order(actor.scope, tx, order_id, row.action, "because"); }) == expected);
            });
            ++combinations;
          }
        }
      }
    }
    CHECK(combinations == 2 * 13 * 8 * 9);
  });
}

TEST_CASE("an offering goes live only with a plan and an approved provider, and is deleted only as a fresh Draft") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      Market market = make_market(tx);
      const OfferingId bare = create_offering(market.selling, tx, offering_of(tx, "Bare")).id;
      CHECK(refusal_of([&] { change_offering_state(market.selling, tx, bare, OfferingState::active, {}); }) ==
            Code::plan_required);
      const PlanId only = add_plan(market.selling, tx, bare, plan_of("Only")).id;
      archive_plan(market.selling, tx, only);
      CHECK(refusal_of([&] { change_offering_state(market.selling, tx, bare, OfferingState::active, {}); }) ==
            Code::plan_required);
      const Scope operating = scope_of(tx, person(tx, "root", true), market.provider);
      set_provider_state(operating, tx, find_provider(tx, market.provider)->id, ProviderState::suspended);
      CHECK_FALSE(scope_of(tx, market.provider_owner, market.provider).may(Right::provide_agents));
      CHECK(refusal_of([&] { change_offering_state(operating, tx, bare, OfferingState::active, {}); }) ==
            Code::provider_not_approved);
      set_provider_state(operating, tx, find_provider(tx, market.provider)->id, ProviderState::approved);
      delete_offering(market.selling, tx, bare);
      CHECK(refusal_of([&] { get_offering(market.selling, tx, bare); }) == Code::not_found);
      CHECK(refusal_of([&] { delete_offering(market.selling, tx, market.basic.id); }) == Code::permission_denied);
      place_order(market.buying, tx, order_for(market, market.internal));
      change_offering_state(market.selling, tx, market.internal.id, OfferingState::draft, {});
      CHECK(refusal_of([&] { delete_offering(market.selling, tx, market.internal.id); }) == Code::permission_denied);
    });
  });
}
