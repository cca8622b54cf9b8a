// Accounts, signing in, guards, tokens and sessions.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/errors.h"
#include "fixtures_for_test.h"
#include "guards.h"
#include "identity/audit.h"
#include "support/databases.h"

using namespace guildhall;
using namespace guildhall::identity;
using identity::test::person;

namespace {

constexpr const char* kPassword = "nine green bottles";

const PasswordHasher& test_hasher() {
  static const PasswordHasher hasher{Secret("pepper of tests")};
  return hasher;
}

Account person_with_password(store::Database& database, const std::string& name) {
  const std::string hash = test_hasher().hash(Secret(kPassword));
  return database.write([&](store::Tx& tx) {
    return create_account(tx, {.username = name, .email = name + "@example.org", .full_name = name}, hash);
  });
}

Attempt attempt_of(const std::string& name, const std::string& password = kPassword, const std::string& address = "203.0.113.7") {
  return {.username = name, .password = Secret(password), .address = address, .request_id = "r-1"};
}

Code refusal_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return Code::internal_error;
}

}  // namespace

TEST_CASE("an account's name and address are well-formed and unique after folding") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) { person(tx, "Ada"); });
    struct Row {
      std::string username, email, field;
    };
    const std::vector<Row> rows{
        {"ada", "other@example.org", "username"},
        {"ADA", "other@example.org", "username"},
        {"Ada@example.org", "other@example.org", "username"},
        {"grace", "ADA@example.org", "email"},
        {"", "x@example.org", "username"},
        {"with space", "x@example.org", "username"},
        {std::string(151, 'a'), "x@example.org", "username"},
        {"аda", "x@example.org", "username"},
        {"slash/", "x@example.org", "username"},
        {"grace", "", "email"},
        {"grace", "no-at-sign", "email"},
        {"grace", "@example.org", "email"},
        {"grace", "a@", "email"},
        {"grace", "a@b..c", "email"},
        {"grace", "a b@example.org", "email"},
        {"grace", "a@b@example.org", "email"},
        {"grace", "a\n@example.org", "email"},
        {"grace", std::string(250, 'a') + "@e.org", "email"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.username);
      CAPTURE(row.email);
      try {
        database.write(
            [&](store::Tx& tx) { create_account(tx, {.username = row.username, .email = row.email, .full_name = {}}, "x"); });
        FAIL_CHECK("accepted");
      } catch (const Refusal& refusal) {
        CHECK(refusal.code == Code::validation_failed);
        CHECK(refusal.fields.at(0).path == row.field);
      }
    }
    database.write([](store::Tx& tx) {
      const Account made =
          create_account(tx, {.username = std::string(150, 'a'), .email = "o@example.org", .full_name = "O"}, "x");
      CHECK(find_account(tx, "O@EXAMPLE.ORG")->id == made.id);
      CHECK(find_account(tx, "ada")->username == "Ada");
      CHECK_FALSE(find_account(tx, "nobody").has_value());
      CHECK(count_accounts(tx) == 2);
      CHECK(refusal_of([&] { get_account(tx, AccountId::random()); }) == Code::not_found);
    });
  });
}

TEST_CASE("a first sign-in makes one organization, its project and its owner; the next makes nothing") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const Account ada = person_with_password(database, "ada");
    const SignedIn first = sign_in_with_token(database, test_hasher(), attempt_of("ADA"));
    CHECK(first.token.size() == 40);
    CHECK(first.token.find_first_not_of("0123456789abcdef") == std::string::npos);
    sign_in_with_session(database, test_hasher(), attempt_of("ada@example.org"));
    database.read([&](store::Tx& tx) {
      const auto organizations = organizations_of(tx, ada);
      REQUIRE(organizations.size() == 1);
      CHECK(organizations[0].name == "ada");
      CHECK(organizations[0].type == "INDIVIDUAL");
      const Scope scope = scope_for(tx, identity::test::signed_in(ada), organizations[0].id, "r-2");
      CHECK(scope.rights == rights_of(Role::customer_owner));
      CHECK_FALSE(scope.project.has_value());
      REQUIRE(projects_of(scope, tx).size() == 1);
      CHECK(default_project(scope, tx).name == "Default");
      CHECK(memberships_of(tx, ada.id).size() == 1);
    });
  });
}

TEST_CASE("parallel first sign-ins yield one organization") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const Account ada = person_with_password(database, "ada");
    std::vector<std::thread> threads;
    std::atomic<int> succeeded = 0;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&] {
        try {
          sign_in_with_token(database, test_hasher(), attempt_of("ada"));
          ++succeeded;
        } catch (const Refusal&) {
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(succeeded == 6);
    database.read([&](store::Tx& tx) { CHECK(organizations_of(tx, ada).size() == 1); });
  });
}

TEST_CASE("whatever is wrong with a sign-in, the refusal is the same and is audited") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    person_with_password(database, "ada");
    const Account off = person_with_password(database, "off");
    const Account operator_account = database.write([&](store::Tx& tx) { return person(tx, "root", true); });
    database.write([&](store::Tx& tx) { set_account_active(system_scope({}, "test"), tx, off.id, false); });
    std::vector<std::string> messages;
    const std::vector<Attempt> attempts{attempt_of("ada", "wrong password"),
                                        attempt_of("nobody"),
                                        attempt_of("off"),
                                        attempt_of("ada", ""),
                                        attempt_of("", kPassword),
                                        attempt_of("ada", std::string(2000, 'x')),
                                        attempt_of("\xff\xfe")};
    for (const Attempt& attempt : attempts) {
      try {
        sign_in_with_token(database, test_hasher(), attempt);
      } catch (const Refusal& refusal) {
        CHECK(refusal.code == Code::not_authenticated);
        messages.push_back(refusal.message);
      }
    }
    REQUIRE(messages.size() == attempts.size());
    for (const std::string& message : messages) CHECK(message == messages[0]);
    database.read([&](store::Tx& tx) {
      std::size_t failures = 0;
      for (const AuditRow& row : audit_rows(system_scope({}, "test"), tx, 100))
        failures += row.entry.action == "account.sign_in" && !row.entry.succeeded;
      CHECK(failures == attempts.size());
    });
    CHECK_FALSE(operator_account.id.is_nil());
  });
}

TEST_CASE("after four failures in ten minutes the right password is refused from there, and only there") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    person_with_password(database, "ada");
    for (int i = 0; i < 4; ++i) {
      CHECK(refusal_of([&] { sign_in_with_token(database, test_hasher(), attempt_of("ada", "guess")); }) ==
            Code::not_authenticated);
    }
    CHECK(refusal_of([&] { sign_in_with_token(database, test_hasher(), attempt_of("ada")); }) == Code::not_authenticated);
    CHECK(refusal_of([&] { sign_in_with_token(database, test_hasher(), attempt_of("ada", kPassword, "203.0.113.250")); }) ==
          Code::not_authenticated);
    CHECK(sign_in_with_token(database, test_hasher(), attempt_of("ada", kPassword, "198.51.100.1")).token.size() == 40);
    clock.advance(seconds(300));
    CHECK(refusal_of([&] { sign_in_with_token(database, test_hasher(), attempt_of("ada")); }) == Code::not_authenticated);
    clock.advance(seconds(300));
    CHECK(sign_in_with_token(database, test_hasher(), attempt_of("ada")).token.size() == 40);
  });
}

TEST_CASE("three failures do not lock, and a success forgets them") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    person_with_password(database, "ada");
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 3; ++i) {
        CHECK(refusal_of([&] { sign_in_with_token(database, test_hasher(), attempt_of("ada", "guess")); }) ==
              Code::not_authenticated);
      }
      CHECK(sign_in_with_token(database, test_hasher(), attempt_of("ada")).token.size() == 40);
    }
  });
}

TEST_CASE("twenty failures from anywhere stop the evaluation of passwords for the account") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    person_with_password(database, "ada");
    const std::string digest = test_hasher().keyed_digest("ada");
    database.write([&](store::Tx& tx) {
      for (int i = 0; i < 19; ++i)
        count_failure(tx, {.name_digest = digest, .address_prefix = prefix_of("10.0." + std::to_string(i) + ".1")});
      CHECK_FALSE(is_guarded(tx, {.name_digest = digest, .address_prefix = "elsewhere"}));
      count_failure(tx, {.name_digest = digest, .address_prefix = "10.9.9.0/24"});
      CHECK(is_guarded(tx, {.name_digest = digest, .address_prefix = "elsewhere"}));
    });
    CHECK(refusal_of([&] { sign_in_with_token(database, test_hasher(), attempt_of("ada")); }) == Code::not_authenticated);
  });
}

TEST_CASE("a hundred failures in an hour close an address prefix for every name") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    database.write([&](store::Tx& tx) {
      for (int i = 0; i < 100; ++i) {
        CHECK_FALSE(is_guarded(tx, {.name_digest = "fresh", .address_prefix = "10.0.0.0/24"}));
        count_failure(tx, {.name_digest = "n" + std::to_string(i), .address_prefix = "10.0.0.0/24"});
      }
      CHECK(is_guarded(tx, {.name_digest = "fresh", .address_prefix = "10.0.0.0/24"}));
      CHECK_FALSE(is_guarded(tx, {.name_digest = "fresh", .address_prefix = "10.0.1.0/24"}));
    });
    clock.advance(seconds(3601));
    database.write(
        [&](store::Tx& tx) { CHECK_FALSE(is_guarded(tx, {.name_digest = "fresh", .address_prefix = "10.0.0.0/24"})); });
  });
}

TEST_CASE("an address counts by its /24 or /56") {
  struct Row {
    const char* address;
    const char* prefix;
  };
  for (const Row& row : std::vector<Row>{{"203.0.113.9", "203.0.113.0/24"},
                                         {"::ffff:203.0.113.9", "203.0.113.0/24"},
                                         {"2001:db8:1:2345:a:b:c:d", "2001:0db8:0001:2300::/56"},
                                         {"2001:DB8:1:23ff::1", "2001:0db8:0001:2300::/56"},
                                         {"::1", "0000:0000:0000:0000::/56"},
                                         {"fe80::1%eth0", "fe80:0000:0000:0000::/56"},
                                         {"unix", "unix"},
                                         {"", ""}}) {
    CHECK(prefix_of(row.address) == row.prefix);
  }
}

TEST_CASE("a token's life slides, at most once per half lifetime, and ends") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    const Account ada = person_with_password(database, "ada");
    const std::string token = sign_in_with_token(database, test_hasher(), attempt_of("ada")).token;
    CHECK(authenticate_token(database, token).account.id == ada.id);
    CHECK(authenticate_token(database, token).credential == Credential::token);
    clock.advance(seconds(1700));
    authenticate_token(database, token);
    clock.advance(seconds(1800));
    authenticate_token(database, token);
    clock.advance(seconds(3599));
    authenticate_token(database, token);
    clock.advance(seconds(3600));
    CHECK(refusal_of([&] { authenticate_token(database, token); }) == Code::token_invalid);
  });
}

TEST_CASE("a session ends after two idle hours, or after twelve however busy, or when signed out") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    person_with_password(database, "ada");
    const std::string busy = sign_in_with_session(database, test_hasher(), attempt_of("ada")).token;
    const std::string idle = sign_in_with_session(database, test_hasher(), attempt_of("ada")).token;
    const std::string left = sign_in_with_session(database, test_hasher(), attempt_of("ada")).token;
    CHECK(busy.size() == 43);
    const Authenticated who = authenticate_session(database, left);
    CHECK(who.credential == Credential::session);
    database.write([&](store::Tx& tx) { sign_out(tx, who, left); });
    CHECK(refusal_of([&] { authenticate_session(database, left); }) == Code::token_invalid);
    for (int hour = 1; hour < 12; ++hour) {
      clock.advance(seconds(3600));
      authenticate_session(database, busy);
      if (hour >= 2) CHECK(refusal_of([&] { authenticate_session(database, idle); }) == Code::token_invalid);
    }
    clock.advance(seconds(3600));
    CHECK(refusal_of([&] { authenticate_session(database, busy); }) == Code::token_invalid);
  });
}

TEST_CASE("an operator's session idles out after half an hour") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    const std::string hash = test_hasher().hash(Secret(kPassword));
    database.write([&](store::Tx& tx) {
      create_account(tx, {.username = "root", .email = "root@example.org", .full_name = "Root", .is_staff = true}, hash);
    });
    const std::string session = sign_in_with_session(database, test_hasher(), attempt_of("root")).token;
    clock.advance(seconds(1799));
    authenticate_session(database, session);
    clock.advance(seconds(1800));
    CHECK(refusal_of([&] { authenticate_session(database, session); }) == Code::token_invalid);
  });
}

TEST_CASE("a token opens no session, a session is no token, and neither is stored in the clear") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    person_with_password(database, "ada");
    const std::string token = sign_in_with_token(database, test_hasher(), attempt_of("ada")).token;
    const std::string session = sign_in_with_session(database, test_hasher(), attempt_of("ada")).token;
    CHECK(refusal_of([&] { authenticate_session(database, token); }) == Code::token_invalid);
    CHECK(refusal_of([&] { authenticate_token(database, session); }) == Code::token_invalid);
    CHECK(refusal_of([&] { authenticate_token(database, ""); }) == Code::token_invalid);
    database.read([&](store::Tx& tx) {
      for (const store::Row& row : tx.query("SELECT credential_hash FROM credential")) {
        CHECK(row.text(0).size() == 64);
        CHECK(row.text(0) != token);
      }
    });
  });
}

TEST_CASE("disabling an account or changing its password ends its sign-ins with the commit") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const Account ada = person_with_password(database, "ada");
    const std::string kept = sign_in_with_token(database, test_hasher(), attempt_of("ada")).token;
    const std::string other = sign_in_with_token(database, test_hasher(), attempt_of("ada")).token;
    const std::string fresh_hash = test_hasher().hash(Secret("ten green bottles"));
    database.write([&](store::Tx& tx) {
      Scope self;
      self.account = ada.id;
      set_password(self, tx, ada.id, fresh_hash, kept);
      Scope stranger;
      stranger.account = AccountId::random();
      CHECK(refusal_of([&] { set_password(stranger, tx, ada.id, fresh_hash, ""); }) == Code::permission_denied);
      CHECK(refusal_of([&] { set_account_active(stranger, tx, ada.id, false); }) == Code::permission_denied);
    });
    CHECK(authenticate_token(database, kept).account.id == ada.id);
    CHECK(refusal_of([&] { authenticate_token(database, other); }) == Code::token_invalid);
    CHECK(refusal_of([&] { sign_in_with_token(database, test_hasher(), attempt_of("ada")); }) == Code::not_authenticated);
    database.write([&](store::Tx& tx) { set_account_active(system_scope({}, "test"), tx, ada.id, false); });
    CHECK(refusal_of([&] { authenticate_token(database, kept); }) == Code::token_invalid);
  });
}

TEST_CASE("the set-up link works once, for a day, on an empty installation") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    const auto old_link = make_setup_token(database);
    const auto link = make_setup_token(database);
    REQUIRE(link);
    database.write([&](store::Tx& tx) {
      CHECK(refusal_of([&] { consume_setup_token(tx, *old_link); }) == Code::not_found);
      CHECK(refusal_of([&] { consume_setup_token(tx, "unknown"); }) == Code::not_found);
      consume_setup_token(tx, *link);
      CHECK(refusal_of([&] { consume_setup_token(tx, *link); }) == Code::not_found);
    });
    const auto late = make_setup_token(database);
    clock.advance(seconds(24 * 3600));
    database.write([&](store::Tx& tx) {
      CHECK(refusal_of([&] { consume_setup_token(tx, *late); }) == Code::not_found);
      person(tx, "ada");
    });
    CHECK_FALSE(make_setup_token(database).has_value());
  });
}
