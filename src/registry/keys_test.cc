// Access keys from the order to the end of the subscription.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/hash.h"
#include "identity/audit.h"
#include "support/databases.h"
#include "test_world.h"

namespace guildhall::registry {
namespace {

using test::World;

/// A world with one subscription; handlers attached.
struct Subscribed {
  World world;
  Agent agent;
  SubscriptionId subscription;
};

template <class Body>
void with_subscription(Body&& body) {
  guildhall::test::for_each_database([&](store::Database& database, ManualClock& clock) {
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    const Subscribed subscribed = database.write([](store::Tx& tx) {
      Subscribed made;
      made.world = test::make_world(tx);
      made.agent = test::published_agent(made.world, tx);
      made.subscription = test::order(made.world, tx, made.agent);
      return made;
    });
    body(database, clock, subscribed);
  });
}

/// The scope of a caller that used the key.
Scope holding(const World& world, const AccessKey& key, identity::Rights rights) {
  Scope scope = world.buying;
  scope.rights = rights;
  scope.credential = identity::Credential::access_key;
  scope.account.reset();
  scope.key = key.id;
  scope.subscription = key.subscription;
  return scope;
}

bool is_plaintext(std::string_view text) {
  return text.size() == 46 && text.starts_with("ar_") && std::all_of(text.begin() + 3, text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

NewKey key_named(const std::string& name, std::vector<std::string> scopes) {
  NewKey key;
  key.name = name;
  key.scopes = std::move(scopes);
  return key;
}

std::size_t key_events(store::Tx& tx, OrganizationId organization) {
  std::size_t found = 0;
  for (const auto& stored : delivery::events_of(tx, organization, Timestamp{}, 1000))
    found += stored.event.type == "key.changed" ? 1 : 0;
  return found;
}

TEST_CASE("an order makes one Default key that has no secret and the quota of the plan") {
  with_subscription([](store::Database& database, ManualClock&, const Subscribed& s) {
    database.read([&](store::Tx& tx) {
      const auto keys = list_keys(s.world.buying, tx, s.subscription);
      REQUIRE(keys.size() == 1);
      CHECK(keys[0].name == "Default");
      CHECK(keys[0].prefix == "ar_");
      CHECK(keys[0].status == KeyStatus::unclaimed);
      CHECK(wire_name(keys[0].status) == "UNCLAIMED");
      CHECK(keys[0].quota_limit == 1000);
      CHECK(keys[0].scopes == std::vector<std::string>{"chat", "query", "read", "config"});
      CHECK(test::count(tx, "SELECT COUNT(*) FROM agent_config WHERE subscription_id = $1", {s.subscription}) == 1);
      CHECK(test::count(tx, "SELECT COUNT(*) FROM access_key WHERE key_hash IS NOT NULL") == 0);
    });
  });
}

TEST_CASE("a key is claimed once and found by the hash of its secret alone") {
  with_subscription([](store::Database& database, ManualClock&, const Subscribed& s) {
    database.write([&](store::Tx& tx) {
      const AccessKeyId id = list_keys(s.world.buying, tx, s.subscription).at(0).id;
      const IssuedKey issued = claim_key(s.world.buying, tx, id);
      REQUIRE(is_plaintext(issued.plaintext.reveal()));
      CHECK(issued.key.status == KeyStatus::active);
      CHECK(issued.key.prefix == issued.plaintext.reveal().substr(0, 11));
      const Sha256 hash = sha256(issued.plaintext.reveal());
      const auto found = key_by_hash(tx, bytes_of(hash));
      REQUIRE(found);
      CHECK(found->id == id);
      CHECK(found->organization == s.world.customer);
      const Sha256 other = sha256("ar_other");
      CHECK(!key_by_hash(tx, bytes_of(other)));
      CHECK(test::refusal_of([&] { claim_key(s.world.buying, tx, id); }).code == Code::conflict);
      // The secret is in no column of the row, no audit row and no event.
      const std::string secret(issued.plaintext.reveal());
      for (const auto& row : identity::audit_rows(s.world.buying, tx, 100)) {
        CHECK(json::write(row.entry.details).find(secret) == std::string::npos);
      }
      for (const auto& stored : delivery::events_of(tx, s.world.customer, Timestamp{}, 1000)) {
        CHECK(json::write(stored.event.payload).find(secret) == std::string::npos);
      }
    });
  });
}

TEST_CASE("of many who claim a key at once one gets the secret") {
  with_subscription([](store::Database& database, ManualClock&, const Subscribed& s) {
    const AccessKeyId id = database.read([&](store::Tx& tx) { return list_keys(s.world.buying, tx, s.subscription).at(0).id; });
    std::atomic<int> claimed{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> people;
    for (int i = 0; i < 8; ++i) {
      people.emplace_back([&] {
        try {
          database.write([&](store::Tx& tx) { return claim_key(s.world.buying, tx, id); });
          ++claimed;
        } catch (const Refusal& refusal) {
          refused += refusal.code == Code::conflict ? 1 : 0;
        }
      });
    }
    for (std::thread& one : people) one.join();
    CHECK(claimed == 1);
    CHECK(refused == 7);
  });
}

TEST_CASE("a rotated key works until the overlap ends, the new one has the same rights") {
  with_subscription([](store::Database& database, ManualClock& clock, const Subscribed& s) {
    const auto [old_key, fresh] = database.write([&](store::Tx& tx) {
      NewKey values = key_named("Site", {"invoke"});
      values.allowed_ips = {"192.0.2.0/24", "2001:db8::1"};
      values.quota_limit = 7;
      values.rate_limit_per_second = Decimal::of("0.5");
      const IssuedKey made = create_key(s.world.buying, tx, s.subscription, values);
      CHECK(made.key.scopes == std::vector<std::string>{"chat", "query"});
      IssuedKey rotated = rotate_key(s.world.buying, tx, made.key.id, 60);
      CHECK(rotated.plaintext.reveal() != made.plaintext.reveal());
      return std::pair(made.key, rotated.key);
    });
    CHECK(fresh.scopes == old_key.scopes);
    CHECK(fresh.allowed_ips == old_key.allowed_ips);
    CHECK(fresh.quota_limit == 7);
    CHECK(fresh.rate_limit_per_second == Decimal::of("0.5"));
    const auto status = [&, id = old_key.id] {
      return database.read([&](store::Tx& tx) { return get_key(s.world.buying, tx, id).status; });
    };
    clock.advance(seconds(59));
    CHECK(status() == KeyStatus::active);
    clock.advance(seconds(1));
    CHECK(status() == KeyStatus::expired);
    database.write([&, id = old_key.id, next = fresh.id](store::Tx& tx) {
      CHECK(test::refusal_of([&] { rotate_key(s.world.buying, tx, id, 0); }).code == Code::conflict);
      CHECK(get_key(s.world.buying, tx, next).status == KeyStatus::active);
      CHECK(test::names_field(test::refusal_of([&] { rotate_key(s.world.buying, tx, next, 604'801); }), "overlap_seconds"));
      CHECK(test::names_field(test::refusal_of([&] { rotate_key(s.world.buying, tx, next, -1); }), "overlap_seconds"));
    });
  });
}

TEST_CASE("revoking twice is one revocation and one event") {
  with_subscription([](store::Database& database, ManualClock& clock, const Subscribed& s) {
    const AccessKeyId id = database.write(
        [&](store::Tx& tx) { return create_key(s.world.buying, tx, s.subscription, key_named("Site", {"chat"})).key.id; });
    const std::size_t before = database.read([&](store::Tx& tx) { return key_events(tx, s.world.customer); });
    database.write([&](store::Tx& tx) { revoke_key(s.world.buying, tx, id, "lost"); });
    const AccessKey once = database.read([&](store::Tx& tx) { return get_key(s.world.buying, tx, id); });
    clock.advance(seconds(5));
    database.write([&](store::Tx& tx) { revoke_key(s.world.buying, tx, id, "again"); });
    database.read([&](store::Tx& tx) {
      const AccessKey twice = get_key(s.world.buying, tx, id);
      CHECK(twice.status == KeyStatus::revoked);
      CHECK(twice.revoked_at == once.revoked_at);
      CHECK(twice.revocation_reason == "lost");
      CHECK(key_events(tx, s.world.customer) == before + 1);
    });
  });
}

TEST_CASE("a key grants at most its own scopes and touches its own subscription alone") {
  with_subscription([](store::Database& database, ManualClock&, const Subscribed& s) {
    database.write([&](store::Tx& tx) {
      const AccessKey narrow = create_key(s.world.buying, tx, s.subscription, key_named("Narrow", {"config", "read"})).key;
      const Scope holder = holding(s.world, narrow, {Right::manage_keys, Right::read_keys, Right::configure_agents});
      CHECK(test::refusal_of([&] { create_key(holder, tx, s.subscription, key_named("More", {"chat"})); }).code ==
            Code::missing_scope);
      CHECK(test::refusal_of([&] { create_key(holder, tx, s.subscription, key_named("More", {"read", "query"})); }).code ==
            Code::missing_scope);
      CHECK(create_key(holder, tx, s.subscription, key_named("Same", {"read"})).key.status == KeyStatus::active);
      // Claiming or rotating the Default key would be a way to chat.
      const AccessKeyId default_key = list_keys(holder, tx, s.subscription).at(0).id;
      CHECK(test::refusal_of([&] { claim_key(holder, tx, default_key); }).code == Code::missing_scope);

      const SubscriptionId sibling = test::order(s.world, tx, s.agent);
      CHECK(test::refusal_of([&] { list_keys(holder, tx, sibling); }).code == Code::wrong_agent);
      CHECK(test::refusal_of([&] { create_key(holder, tx, sibling, key_named("X", {"read"})); }).code == Code::wrong_agent);
      CHECK(test::refusal_of([&] { create_organization_key(holder, tx, key_named("X", {"admin"})); }).code ==
            Code::permission_denied);
      CHECK(test::refusal_of([&] { list_keys(s.world.selling, tx, s.subscription); }).code == Code::not_found);
      CHECK(test::refusal_of([&] { get_key(s.world.selling, tx, narrow.id); }).code == Code::not_found);
      CHECK(test::refusal_of([&] { revoke_key(s.world.selling, tx, narrow.id, ""); }).code == Code::not_found);
    });
  });
}

TEST_CASE("organization keys are made by who may do what they open") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const World world = test::make_world(tx);
      const IssuedKey studio = create_organization_key(world.selling, tx, key_named("Studio", {"studio", "provider"}));
      CHECK(is_plaintext(studio.plaintext.reveal()));
      CHECK(!studio.key.subscription);
      CHECK(create_organization_key(world.buying, tx, key_named("Meter", {"metering"})).key.status == KeyStatus::active);
      CHECK(test::refusal_of([&] { create_organization_key(world.buying, tx, key_named("S", {"studio"})); }).code ==
            Code::permission_denied);
      CHECK(test::names_field(test::refusal_of([&] { create_organization_key(world.selling, tx, key_named("S", {"chat"})); }),
                              "scopes[0]"));
      CHECK(list_organization_keys(world.selling, tx).size() == 1);
      CHECK(test::refusal_of([&] { get_key(world.buying, tx, studio.key.id); }).code == Code::not_found);
    });
  });
}

TEST_CASE("the end of the subscription revokes its keys, switches widgets off and archives the configuration") {
  with_subscription([](store::Database& database, ManualClock&, const Subscribed& s) {
    database.write([&](store::Tx& tx) {
      create_key(s.world.buying, tx, s.subscription, key_named("Site", {"chat"}));
      Widget values;
      values.name = "Shop";
      values.domains = {"shop.example"};
      const Widget widget = create_widget(s.world.buying, tx, s.subscription, values);
      CHECK(widget_by_key(tx, widget.key));
      market::terminate(s.world.buying, tx, s.subscription);
      for (const AccessKey& key : list_keys(s.world.buying, tx, s.subscription)) CHECK(key.status == KeyStatus::revoked);
      CHECK(!widget_by_key(tx, widget.key));
      CHECK(!widget_by_key(tx, widget.public_id));
      CHECK(test::count(tx, "SELECT COUNT(*) FROM agent_config WHERE archived_at IS NOT NULL") == 1);
      CHECK(test::refusal_of([&] { create_key(s.world.buying, tx, s.subscription, key_named("Late", {"chat"})); }).code ==
            Code::conflict);
    });
  });
}

TEST_CASE("the Default key follows an upgrade of the plan, other keys keep their limit") {
  with_subscription([](store::Database& database, ManualClock&, const Subscribed& s) {
    database.write([&](store::Tx& tx) {
      NewKey own = key_named("Own", {"chat"});
      own.quota_limit = 3;
      create_key(s.world.buying, tx, s.subscription, own);
      const market::Plan bigger = add_agent_plan(s.world.selling, tx, s.agent.id, test::plan_of("Professional", 9900, 10'000));
      market::switch_plan(s.world.buying, tx, s.subscription, bigger.id);
      const auto keys = list_keys(s.world.buying, tx, s.subscription);
      REQUIRE(keys.size() == 2);
      CHECK(keys[0].quota_limit == 10'000);
      CHECK(keys[1].quota_limit == 3);
    });
  });
}

TEST_CASE("uses are added and the last one is the latest") {
  with_subscription([](store::Database& database, ManualClock& clock, const Subscribed& s) {
    database.write([&](store::Tx& tx) {
      const AccessKeyId id = list_keys(s.world.buying, tx, s.subscription).at(0).id;
      record_uses(tx, id, s.world.customer, 3, clock.now());
      record_uses(tx, id, s.world.customer, 4, clock.now() - seconds(9));
      const AccessKey key = get_key(s.world.buying, tx, id);
      CHECK(key.total_requests == 7);
      CHECK(key.last_used_at == clock.now());
    });
  });
}

TEST_CASE("a key that is not valid is refused by the name of its field") {
  struct Row {
    const char* field;
    std::function<void(NewKey&)> spoil;
  };
  const std::vector<Row> rows{
      {"name", [](NewKey& key) { key.name.clear(); }},
      {"name", [](NewKey& key) { key.name = "   "; }},
      {"name", [](NewKey& key) { key.name = std::string(81, 'x'); }},
      {"name", [](NewKey& key) { key.name = "\xff"; }},
      {"name", [](NewKey& key) { key.name = std::string("a\0b", 3); }},
      {"scopes", [](NewKey& key) { key.scopes.clear(); }},
      {"scopes[0]", [](NewKey& key) { key.scopes = {"admin"}; }},
      {"scopes[1]", [](NewKey& key) { key.scopes = {"chat", "CHAT"}; }},
      {"scopes[0]", [](NewKey& key) { key.scopes = {""}; }},
      {"expires_at", [](NewKey& key) { key.expires_at = guildhall::test::kStart; }},
      {"allowed_ips[0]", [](NewKey& key) { key.allowed_ips = {"example.com"}; }},
      {"allowed_ips[1]", [](NewKey& key) { key.allowed_ips = {"10.0.0.1", "10.0.0.256"}; }},
      {"allowed_ips[0]", [](NewKey& key) { key.allowed_ips = {"10.0.0.0/33"}; }},
      {"allowed_ips[0]", [](NewKey& key) { key.allowed_ips = {"10.0.0.0/"}; }},
      {"allowed_ips[0]", [](NewKey& key) { key.allowed_ips = {"10.0.0.0/08"}; }},
      {"allowed_ips[0]", [](NewKey& key) { key.allowed_ips = {"2001:db8::/129"}; }},
      {"allowed_ips[0]", [](NewKey& key) { key.allowed_ips = {""}; }},
      {"allowed_ips", [](NewKey& key) { key.allowed_ips = std::vector<std::string>(65, "10.0.0.1"); }},
      {"quota_limit", [](NewKey& key) { key.quota_limit = -1; }},
      {"rate_limit_per_second", [](NewKey& key) { key.rate_limit_per_second = Decimal(); }},
      {"rate_limit_per_second", [](NewKey& key) { key.rate_limit_per_second = Decimal(-1); }},
      {"rate_limit_per_second", [](NewKey& key) { key.rate_limit_per_second = Decimal::of("100.1"); }},
  };
  with_subscription([&](store::Database& database, ManualClock&, const Subscribed& s) {
    database.write([&](store::Tx& tx) {
      for (const Row& row : rows) {
        CAPTURE(row.field);
        NewKey key = key_named("Good", {"chat"});
        row.spoil(key);
        const Refusal refusal = test::refusal_of([&] { create_key(s.world.buying, tx, s.subscription, key); });
        CHECK(refusal.code == Code::validation_failed);
        CHECK(test::names_field(refusal, row.field));
      }
      CHECK(list_keys(s.world.buying, tx, s.subscription).size() == 1);
    });
  });
}

}  // namespace
}  // namespace guildhall::registry
