// Organizations, projects, memberships, the rights they give, and the audit chain.
#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "base/errors.h"
#include "delivery/events.h"
#include "fixtures_for_test.h"
#include "identity/audit.h"
#include "support/databases.h"

using namespace guildhall;
using namespace guildhall::identity;
using identity::test::company;
using identity::test::person;
using identity::test::signed_in;

namespace {

Code refused_with(const std::function<void()>& action) {
  try {
    action();
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return Code::internal_error;
}

Project named_project(const char* name, std::optional<Date> start = {}, std::optional<Date> end = {}) {
  Project project;
  project.name = name;
  project.start_date = start;
  project.end_date = end;
  return project;
}

const std::vector<Role> kAllRoles{Role::customer_owner,  Role::customer_manager, Role::customer_support, Role::project_admin,
                                  Role::project_manager, Role::project_member,   Role::provider,         Role::offering_manager};

}  // namespace

TEST_CASE("every role has a wire name that reads back") {
  std::set<std::string_view> names;
  for (const Role role : kAllRoles) {
    CHECK(parse_role(wire_name(role)) == role);
    names.insert(wire_name(role));
  }
  CHECK(names.size() == 8);
  CHECK_FALSE(parse_role("CUSTOMER.KING").has_value());
}

TEST_CASE("every right has a name, and a refusal names the right") {
  std::set<std::string_view> names;
  for (unsigned i = 0; i < static_cast<unsigned>(Right::count_); ++i) names.insert(name(static_cast<Right>(i)));
  CHECK(names.size() == static_cast<std::size_t>(Right::count_));
  try {
    require(Scope{}, Right::manage_keys);
    FAIL("allowed");
  } catch (const Refusal& refusal) {
    CHECK(refusal.code == Code::permission_denied);
    CHECK(refusal.message.find("manage_keys") != std::string::npos);
  }
  CHECK_NOTHROW(require(system_scope(OrganizationId::random(), "job"), Right::operate));
}

TEST_CASE("roles give what the table of registry §15 says") {
  // Columns: Owner, Manager, Viewer, project Admin, Manager, Member, Provider; rows of the customer's side.
  struct Row {
    Right right;
    const char* cells;
  };
  const std::vector<Row> rows{{Right::read_subscriptions, "111111-"},
                              {Right::order_subscriptions, "11-11--"},
                              {Right::place_orders, "11-111-"},
                              {Right::configure_agents, "11-11--"},
                              {Right::read_keys, "11111--"},
                              {Right::manage_keys, "11-1---"},
                              {Right::read_usage, "111111-"},
                              {Right::read_billing, "111----"},
                              {Right::manage_billing, "1------"},
                              {Right::read_members, "1111---"},
                              {Right::manage_members, "1--1---"},
                              {Right::manage_organization, "1------"},
                              {Right::approve_orders, "1------"},
                              {Right::approve_private_orders, "1--11--"},
                              {Right::operate, "-------"},
                              {Right::operate_read, "-------"},
                              {Right::provide_agents, "-------"},
                              {Right::read_revenue, "-------"}};
  for (const Row& row : rows) {
    for (std::size_t column = 0; column < 7; ++column) {
      CAPTURE(name(row.right));
      CAPTURE(wire_name(kAllRoles[column]));
      CHECK(rights_of(kAllRoles[column]).has(row.right) == (row.cells[column] == '1'));
    }
  }
}

TEST_CASE("providing comes with an approved service provider and an owner, manager or provider role") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Account ada = person(tx, "ada");
      const OrganizationId id = company(tx, ada, "Acme").id;
      const Scope owner = scope_for(tx, signed_in(ada), id, "r");
      const Project project = create_project(owner, tx, named_project("P"));
      std::map<Role, Account> people;
      int i = 0;
      for (const Role role : kAllRoles) {
        people[role] = person(tx, "p" + std::to_string(i++));
        const bool in_project = role == Role::project_admin || role == Role::project_manager || role == Role::project_member;
        grant(owner, tx, people[role].id, role, in_project ? std::optional(project.id) : std::nullopt, {});
      }
      for (const bool approved : {false, true}) {
        set_provider(tx, id, approved);
        for (const Role role : kAllRoles) {
          CAPTURE(wire_name(role));
          const Scope scope = scope_for(tx, signed_in(people[role]), id, "r");
          const bool provides = role == Role::customer_owner || role == Role::customer_manager || role == Role::provider;
          CHECK(scope.may(Right::provide_agents) == (approved && (provides || role == Role::offering_manager)));
          CHECK(scope.may(Right::read_revenue) == (approved && provides));
          CHECK(scope.may(Right::manage_payout_account) == (approved && role == Role::customer_owner));
          CHECK_FALSE(scope.may(Right::operate));
        }
      }
    });
  });
}

TEST_CASE("operators get every right anywhere, support reads, strangers find nothing") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Account ada = person(tx, "ada");
      const OrganizationId id = company(tx, ada, "Acme").id;
      const Scope staff = scope_for(tx, signed_in(person(tx, "root", true)), id, "r");
      CHECK(staff.rights == system_scope(id, "x").rights);
      CHECK(staff.credential == Credential::session);
      Account support = person(tx, "support");
      support.is_support = true;
      const Scope reading = scope_for(tx, signed_in(support), id, "r");
      CHECK(reading.may(Right::operate_read));
      CHECK(reading.may(Right::read_subscriptions));
      CHECK(reading.may(Right::read_billing));
      for (const Right right : {Right::operate, Right::place_orders, Right::manage_keys, Right::manage_members,
                                Right::provide_agents, Right::configure_agents, Right::chat, Right::metering}) {
        CHECK_FALSE(reading.may(right));
      }
      CHECK(refused_with([&] { scope_for(tx, signed_in(person(tx, "eve")), id, "r"); }) == Code::not_found);
      CHECK(refused_with([&] { scope_for(tx, signed_in(ada), OrganizationId::random(), "r"); }) == Code::not_found);
      CHECK(organizations_of(tx, support).size() == 1);
    });
  });
}

TEST_CASE("a project role binds the scope to its project; with an organization role it counts in that project alone") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    const auto [id, one, two, eve] = database.write([&](store::Tx& tx) {
      const Account ada = person(tx, "ada");
      const OrganizationId organization = company(tx, ada, "Acme").id;
      const Scope owner = scope_for(tx, signed_in(ada), organization, "r");
      const Project first = create_project(owner, tx, named_project("One"));
      const Project second = create_project(owner, tx, named_project("Two"));
      const Account member = person(tx, "eve");
      grant(owner, tx, member.id, Role::project_member, first.id, {});
      return std::tuple(organization, first.id, second.id, member);
    });
    database.read([&](store::Tx& tx) {
      const Scope scope = scope_for(tx, signed_in(eve), id, "r");
      CHECK(scope.project == one);
      CHECK(scope.rights == rights_of(Role::project_member));
      CHECK(projects_of(scope, tx).size() == 1);
      CHECK(refused_with([&] { get_project(scope, tx, two); }) == Code::not_found);
      CHECK(refused_with([&] { scope_for(tx, signed_in(eve), id, "r", two); }) == Code::not_found);
    });
    clock.advance(1);
    database.write([&](store::Tx& tx) {
      const Scope all = system_scope(id, "test");
      grant(all, tx, eve.id, Role::project_admin, two, {});
      CHECK(scope_for(tx, signed_in(eve), id, "r").project == one);
      const Scope admin = scope_for(tx, signed_in(eve), id, "r", two);
      CHECK(admin.project == two);
      CHECK(admin.rights == rights_of(Role::project_admin));
      grant(all, tx, eve.id, Role::customer_support, {}, {});
      const Scope viewer = scope_for(tx, signed_in(eve), id, "r");
      CHECK_FALSE(viewer.project.has_value());
      CHECK(viewer.rights == rights_of(Role::customer_support));
      const Scope both = scope_for(tx, signed_in(eve), id, "r", two);
      CHECK(both.project == two);
      CHECK(both.may(Right::manage_keys));
      CHECK(both.may(Right::read_billing));
    });
  });
}

TEST_CASE("nobody gives more rights than they have") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Account ada = person(tx, "ada");
      const Account eve = person(tx, "eve");
      const OrganizationId id = company(tx, ada, "Acme").id;
      const Scope owner = scope_for(tx, signed_in(ada), id, "r");
      const Project project = create_project(owner, tx, named_project("P"));
      const Project other = create_project(owner, tx, named_project("Q"));
      grant(owner, tx, eve.id, Role::project_admin, project.id, {});
      const Scope admin = scope_for(tx, signed_in(eve), id, "r");
      const AccountId guest = person(tx, "guest").id;
      CHECK(grant(admin, tx, guest, Role::project_member, project.id, {}).project == project.id);
      CHECK(grant(admin, tx, guest, Role::project_manager, project.id, {}).role == Role::project_manager);
      CHECK(refused_with([&] { grant(admin, tx, guest, Role::project_member, other.id, {}); }) == Code::not_found);
      CHECK(refused_with([&] { grant(admin, tx, guest, Role::customer_support, {}, {}); }) == Code::permission_denied);
      CHECK(refused_with([&] { grant(admin, tx, guest, Role::customer_owner, {}, {}); }) == Code::permission_denied);
      CHECK(refused_with([&] { revoke(admin, tx, ada.id, Role::customer_owner, {}); }) == Code::permission_denied);
      grant(owner, tx, guest, Role::customer_manager, {}, {});
      const Scope manager = scope_for(tx, signed_in(tx.first("SELECT 1") ? get_account(tx, guest) : ada), id, "r");
      CHECK(refused_with([&] { grant(manager, tx, guest, Role::customer_support, {}, {}); }) == Code::permission_denied);
      CHECK(refused_with([&] { grant(owner, tx, guest, Role::project_member, {}, {}); }) == Code::validation_failed);
      CHECK(refused_with([&] { grant(owner, tx, guest, Role::customer_owner, project.id, {}); }) == Code::validation_failed);
      CHECK(refused_with([&] { grant(owner, tx, AccountId::random(), Role::customer_owner, {}, {}); }) == Code::not_found);
      CHECK(refused_with([&] { grant(owner, tx, guest, Role::customer_owner, {}, tx.now()); }) == Code::validation_failed);
      CHECK(refused_with([&] {
              members_of(scope_for(tx, signed_in(get_account(tx, guest)), OrganizationId::random(), "r"), tx);
            }) == Code::not_found);
    });
  });
}

TEST_CASE("the last owner can neither leave, be demoted nor lapse") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    database.write([&](store::Tx& tx) {
      const Account ada = person(tx, "ada");
      const Account eve = person(tx, "eve");
      const OrganizationId id = company(tx, ada, "Acme").id;
      const Scope owner = scope_for(tx, signed_in(ada), id, "r");
      CHECK(refused_with([&] { revoke(owner, tx, ada.id, Role::customer_owner, {}); }) == Code::last_owner);
      CHECK(refused_with([&] { grant(owner, tx, ada.id, Role::customer_owner, {}, tx.now() + days(1)); }) == Code::last_owner);
      grant(owner, tx, eve.id, Role::customer_owner, {}, tx.now() + days(1));
      CHECK(refused_with([&] { revoke(owner, tx, ada.id, Role::customer_owner, {}); }) == Code::last_owner);
      grant(owner, tx, eve.id, Role::customer_owner, {}, {});
      revoke(owner, tx, ada.id, Role::customer_owner, {});
      CHECK(refused_with([&] { scope_for(tx, signed_in(ada), id, "r"); }) == Code::not_found);
      CHECK(refused_with([&] { revoke(system_scope(id, "t"), tx, ada.id, Role::customer_owner, {}); }) == Code::not_found);
    });
    clock.advance(days(2));
  });
}

TEST_CASE("two owners who revoke each other at once leave one owner") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const auto [id, ada, eve] = database.write([](store::Tx& tx) {
      const Account a = person(tx, "ada");
      const Account e = person(tx, "eve");
      const OrganizationId organization = company(tx, a, "Acme").id;
      grant(system_scope(organization, "t"), tx, e.id, Role::customer_owner, {}, {});
      return std::tuple(organization, a, e);
    });
    std::atomic<int> revoked = 0;
    std::vector<std::thread> threads;
    for (const Account& victim : {ada, eve}) {
      threads.emplace_back([&, victim] {
        try {
          database.write([&](store::Tx& tx) { revoke(system_scope(id, "t"), tx, victim.id, Role::customer_owner, {}); });
          ++revoked;
        } catch (const Refusal&) {
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(revoked == 1);
    database.read([&](store::Tx& tx) { CHECK(members_of(system_scope(id, "t"), tx).size() == 1); });
  });
}

TEST_CASE("a membership ends at its time, and members have a limit") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    const auto [id, eve] = database.write([](store::Tx& tx) {
      const Account ada = person(tx, "ada");
      const Account guest = person(tx, "eve");
      Organization values;
      values.name = "Acme";
      values.users_max = 2;
      const OrganizationId organization = create_organization(tx, ada, values, "r").id;
      const Scope owner = scope_for(tx, signed_in(ada), organization, "r");
      grant(owner, tx, guest.id, Role::customer_support, {}, tx.now() + days(1));
      CHECK(refused_with([&] { grant(owner, tx, person(tx, "third").id, Role::customer_support, {}, {}); }) == Code::conflict);
      CHECK(grant(owner, tx, guest.id, Role::provider, {}, {}).role == Role::provider);
      revoke(owner, tx, guest.id, Role::provider, {});
      return std::pair(organization, guest);
    });
    clock.advance(days(1));
    database.read([&, org = id, guest = eve](store::Tx& tx) {
      CHECK(refused_with([&] { scope_for(tx, signed_in(guest), org, "r"); }) == Code::not_found);
      CHECK(members_of(system_scope(org, "t"), tx).size() == 1);
      CHECK(organizations_of(tx, guest).empty());
    });
  });
}

TEST_CASE("an organization's texts are checked, its short name is unique, its limits are the operator's") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Account ada = person(tx, "ada");
      const Organization acme = company(tx, ada, "Acme");
      CHECK(acme.slug == "acme");
      CHECK(company(tx, ada, "ACME").slug != "acme");
      const Scope owner = scope_for(tx, signed_in(ada), acme.id, "r");
      Organization values = get_organization(owner, tx);
      values.name = "Acme Holding";
      CHECK(update_organization(owner, tx, values).name == "Acme Holding");
      values.users_max = 51;
      CHECK(refused_with([&] { update_organization(owner, tx, values); }) == Code::permission_denied);
      CHECK(update_organization(system_scope(acme.id, "t"), tx, values).users_max == 51);
      struct Row {
        const char* field;
        std::function<void(Organization&)> spoil;
      };
      const std::vector<Row> rows{{"name", [](Organization& o) { o.name = "  "; }},
                                  {"name", [](Organization& o) { o.name = std::string(151, 'x'); }},
                                  {"name", [](Organization& o) { o.name = "\xff"; }},
                                  {"type", [](Organization& o) { o.type = "CLUB"; }},
                                  {"default_tax_percent", [](Organization& o) { o.default_tax_percent = Decimal(101); }},
                                  {"default_tax_percent", [](Organization& o) { o.default_tax_percent = Decimal(-1); }},
                                  {"country", [](Organization& o) { o.country = "ESTONIA"; }}};
      for (const Row& row : rows) {
        Organization spoiled = values;
        row.spoil(spoiled);
        try {
          update_organization(system_scope(acme.id, "t"), tx, spoiled);
          FAIL_CHECK(row.field);
        } catch (const Refusal& refusal) {
          CHECK(refusal.fields.at(0).path == row.field);
        }
      }
      CHECK(refused_with([&] { set_organization_active(owner, tx, false, "x"); }) == Code::permission_denied);
      set_organization_active(system_scope(acme.id, "t"), tx, false, "unpaid");
      CHECK_FALSE(get_organization(owner, tx).is_active);
      CHECK(get_organization(owner, tx).suspension_reason == "unpaid");
      set_organization_active(system_scope(acme.id, "t"), tx, true, "");
      CHECK(get_organization(owner, tx).is_active);
      std::map<std::string, int> types;
      for (const auto& stored : delivery::events_of(tx, acme.id, {}, 100)) ++types[stored.event.type];
      CHECK(types["organization.created"] == 1);
      CHECK(types["organization.suspended"] == 1);
      CHECK(types["organization.reactivated"] == 1);
    });
  });
}

TEST_CASE("a removed project is gone and another organization's was never there") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Account ada = person(tx, "ada");
      const Account eve = person(tx, "eve");
      const Scope acme = scope_for(tx, signed_in(ada), company(tx, ada, "Acme").id, "r");
      const Scope evil = scope_for(tx, signed_in(eve), company(tx, eve, "Evil").id, "r");
      Project project = create_project(acme, tx, named_project("P", Date{2026, 1, 1}, Date{2026, 12, 31}));
      CHECK(get_project(acme, tx, project.id).end_date == Date{2026, 12, 31});
      CHECK(refused_with([&] { get_project(evil, tx, project.id); }) == Code::not_found);
      CHECK(refused_with([&] { remove_project(evil, tx, project.id); }) == Code::not_found);
      project.name = "Renamed";
      CHECK(update_project(acme, tx, project).name == "Renamed");
      CHECK(refused_with([&] { update_project(evil, tx, project); }) == Code::not_found);
      project.end_date = Date{2025, 1, 1};
      CHECK(refused_with([&] { update_project(acme, tx, project); }) == Code::validation_failed);
      remove_project(acme, tx, project.id);
      CHECK(refused_with([&] { get_project(acme, tx, project.id); }) == Code::not_found);
      CHECK(refused_with([&] { default_project(acme, tx); }) == Code::not_found);
    });
  });
}

TEST_CASE("the audit chain names the first row that was changed, removed or cut off") {
  const std::vector<std::pair<const char*, std::int64_t>> damages{
      {"UPDATE audit_row SET object_id = 'x' WHERE organization_id = $1 AND sequence = 3", 3},
      {"UPDATE audit_row SET details = '{\"n\":9}' WHERE organization_id = $1 AND sequence = 2", 2},
      {"UPDATE audit_row SET occurred_at = occurred_at + 1 WHERE organization_id = $1 AND sequence = 1", 1},
      {"UPDATE audit_row SET succeeded = FALSE WHERE organization_id = $1 AND sequence = 5", 5},
      {"DELETE FROM audit_row WHERE organization_id = $1 AND sequence = 4", 4},
      {"DELETE FROM audit_row WHERE organization_id = $1 AND sequence = 5", 5}};
  for (const auto& damage : damages) {
    guildhall::test::for_each_database([&](store::Database& database, ManualClock&) {
      database.write([&](store::Tx& tx) {
        const Scope scope = system_scope(OrganizationId::random(), "job");
        CHECK_FALSE(first_broken_audit_row(tx, scope.organization).has_value());
        for (int i = 1; i <= 5; ++i) {
          audit(scope, tx, {.action = "thing.change", .object_type = "thing", .object_id = "t", .details = {{"n", i}}});
        }
        CHECK_FALSE(first_broken_audit_row(tx, scope.organization).has_value());
        const auto rows = audit_rows(scope, tx, 2);
        REQUIRE(rows.size() == 2);
        CHECK(rows[0].sequence == 5);
        CHECK(rows[0].actor == "job");
        CHECK(tx.execute(damage.first, {scope.organization}) == 1);
        CAPTURE(damage.first);
        CHECK(first_broken_audit_row(tx, scope.organization) == damage.second);
      });
    });
  }
}

TEST_CASE("parallel mutations of one organization make one chain without gaps") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = system_scope(OrganizationId::random(), "job");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10; ++i) {
          database.write([&](store::Tx& tx) {
            audit(scope, tx, {.action = "thing.change", .object_type = "thing", .object_id = "t", .details = {}});
          });
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    database.read([&](store::Tx& tx) {
      CHECK_FALSE(first_broken_audit_row(tx, scope.organization).has_value());
      CHECK(audit_rows(scope, tx, 100).size() == 40);
    });
  });
}
