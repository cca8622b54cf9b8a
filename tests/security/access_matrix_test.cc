// The access matrix, generated from /openapi.json (contracts/identity-and-security.md §27 row 2): every route with real ids of
// the victims, as every kind of caller who may not. It must answer 401, 403 or 404, and no row of the victims may change.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>

#include <poll.h>

#include "attacks.h"

using namespace guildhall;
using namespace guildhall::test;

namespace {

struct Operation {
  std::string method;
  std::string pattern;
  std::set<std::string> accepts;
  std::string right;
  std::string name() const { return method + " " + pattern; }
  bool is_read() const { return method == "GET"; }
};

std::vector<Operation> operations_of(const json::Value& document) {
  std::vector<Operation> operations;
  for (const auto& path : *json::find_object(document, "paths"))
    for (const auto& method : path.value().get_object()) {
      Operation operation;
      for (const char c : method.key()) operation.method += static_cast<char>(c - 'a' + 'A');
      operation.pattern = path.key();
      operation.right = json::text_of(method.value(), "x-guildhall-right");
      for (const auto& each : *json::find_array(method.value(), "x-guildhall-accepts"))
        operation.accepts.insert(std::string(json::view(each.get_string())));
      operations.push_back(std::move(operation));
    }
  return operations;
}

struct Prepared {
  Operation operation;
  std::string path;
  std::string body;
  std::string content_type = "application/json";
};

/// Fills the path and the body; nullopt, and a failure that says what is missing, for a route the tables do not know.
std::optional<Prepared> prepare(const Operation& operation, const Facts& facts) {
  Prepared prepared{operation, {}, {}};
  std::string_view rest = operation.pattern;
  while (true) {
    const auto open = rest.find('{');
    prepared.path += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    const std::string_view parameter = rest.substr(open + 1, close - open - 1);
    const std::string fact = fact_of_parameter(operation.pattern, parameter);
    if (fact.empty() || !facts.contains(fact)) {
      FAIL_CHECK(operation.name(), ": no victim's id is known for {", parameter, "}; add it to matrix_tables.cc");
      return std::nullopt;
    }
    prepared.path += facts.at(fact);
    rest.remove_prefix(close + 1);
  }
  // A stream of events ends at once when it is asked as a poll.
  if (prepared.path.ends_with("/events")) prepared.path += "?mode=poll&wait=0";
  if (operation.is_read()) return prepared;
  const std::string* body = body_of(operation.name());
  if (body == nullptr) {
    FAIL_CHECK(operation.name(), ": no body is known; add one to matrix_tables.cc");
    return std::nullopt;
  }
  prepared.body = filled(*body, facts);
  if (!prepared.body.empty() && prepared.body.front() != '{') prepared.content_type = "application/x-www-form-urlencoded";
  return prepared;
}

bool is_listed(const std::vector<Reasoned>& table, const std::string& route) {
  return std::any_of(table.begin(), table.end(), [&](const Reasoned& row) { return row.route == route; });
}

std::optional<identity::Right> right_named(const std::string& name) {
  for (int i = 0; i < static_cast<int>(identity::Right::count_); ++i)
    if (identity::name(static_cast<identity::Right>(i)) == name) return static_cast<identity::Right>(i);
  return std::nullopt;
}

/// Whether the role is meant to pass: it has the route's right, or the route is a read that every member may make.
bool role_may(const Attack& attack, const Operation& operation) {
  for (const auto& row : role_exceptions())
    if (row.role == attack.name && row.route == operation.name()) return true;
  if (operation.right.empty()) return operation.is_read();
  const auto right = right_named(operation.right);
  REQUIRE_MESSAGE(right, operation.name(), " names an unknown right ", operation.right);
  return identity::rights_of(*attack.role).has(*right);
}

RequestHeaders with_type(RequestHeaders headers, const std::string& type) {
  for (auto& [name, value] : headers)
    if (name == "Content-Type") value = type;
  return headers;
}

/// Waits until nothing runs in the background that could change a victim's row by itself.
void await_quiet(store::Database& database) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (count_rows(database, "SELECT count(*) FROM job WHERE state IN ('waiting', 'running')") > 0) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    poll(nullptr, 0, 10);
  }
}

class Matrix {
 public:
  Matrix(Scene& scene, const Place& place) : scene_(scene), database_(open_view(place)), tables_(tables_of(*database_)) {
    const auto& victims = scene.victims();
    wish_.organizations = {victims.seller.organization, victims.buyer.organization};
    // Attempts leave traces on purpose, and time passes: these tables are not a victim's content.
    wish_.without_tables = {"audit_row", "audit_head", "sign_in_failure", "credential", "schedule", "schema_migrations"};
    // Uses of a key are written in batches, up to a minute after the call.
    wish_.without_columns = {"access_key.last_used_at", "access_key.total_requests"};
    const std::string accounts =
        "account_id IN ('" + victims.seller.person.account + "', '" + victims.buyer.person.account + "')";
    wish_.conditions = {{"account", accounts}};
    await_quiet(*database_);
    rows_ = dump_rows(*database_, tables_, wish_);
  }

  void run(const std::vector<Prepared>& routes) {
    for (std::size_t i = 0; i < scene_.attacks().size(); ++i) {
      const std::string name = scene_.attacks()[i].name;
      sent_ = refused_ = allowed_ = 0;
      for (const auto& route : routes) strike(scene_.attacks().at(i), route);
      check_rows("every route as " + name);
      std::printf("  %-30s %3d requests, %3d refused, %2d about the caller's own or public, %2d left out because the role may\n",
                  name.c_str(), sent_, refused_, sent_ - refused_, allowed_);
    }
  }

  /// Proves the ids and bodies: the owner gets through where everybody else was refused.
  void run_as_owners(std::vector<Prepared> routes) {
    std::sort(routes.begin(), routes.end(), [](const Prepared& a, const Prepared& b) {
      return std::pair(rank(a.operation), a.operation.name()) < std::pair(rank(b.operation), b.operation.name());
    });
    int succeeded = 0;
    int answered = 0;
    for (const auto& route : routes) {
      if (is_listed(open_routes(), route.operation.name())) continue;
      std::string answers;
      bool is_through = false;
      for (const auto& [who, headers] : scene_.owners()) {
        Wire wire = scene_.fresh_wire();
        const Reply reply = wire.send(route.operation.method, route.path, with_type(headers, route.content_type), route.body);
        answers += who + " " + std::to_string(reply.status) + (reply.status >= 400 ? " " + reply.body.substr(0, 160) : "") + "; ";
        is_through = reply.status < 400 || is_listed(refused_to_owners(), route.operation.name()) ||
                     (!route.operation.is_read() && (reply.status == 409 || reply.status == 400 || reply.status == 422));
        succeeded += reply.status < 400 ? 1 : 0;
        if (is_through) break;
      }
      CHECK_MESSAGE(is_through, route.operation.name(),
                    " is refused to its owners too, so its refusals prove nothing: ", answers);
      ++answered;
    }
    std::printf("  %-30s %3d routes, %3d succeeded, the rest refused for the state of the thing\n", "owners", answered,
                succeeded);
  }

 private:
  /// Reads first, then what changes a thing, then what takes it away, then the owners' own credentials.
  static int rank(const Operation& operation) {
    const auto has = [&](std::string_view word) { return operation.pattern.find(word) != std::string::npos; };
    const bool is_delete = operation.method == "DELETE";
    if (operation.is_read()) return 0;
    if (operation.pattern == "/api/v1/session" || has("logout")) return 8;
    if (has("/evaluation/")) return !is_delete ? 3 : has("/cases/{case}") ? 4 : 5;
    if (has("/handover")) return is_delete ? 4 : 3;
    if (has("/change-plan") || has("/pending-plan")) return is_delete ? 2 : 1;
    if (has("/widgets/{widget}") || has("/documents/{document}") || has("/sources/{source}") || has("/qa/{pair}") ||
        has("/sessions/{id}"))
      return is_delete ? 5 : 4;
    if (is_delete) return 7;
    for (const auto* word :
         {"/cancel", "terminate", "retire", "revoke", "archive", "undeploy", "unpublish", "suspend", "rotate", "reject"})
      if (has(word)) return 6;
    return 3;
  }

  void strike(const Attack& attack, const Prepared& route) {
    const auto& operation = route.operation;
    if (attack.role && !is_listed(open_routes(), operation.name()) && role_may(attack, operation)) {
      ++allowed_;
      return;
    }
    Wire wire = scene_.fresh_wire();
    const Reply reply = wire.send(operation.method, route.path, with_type(attack.headers, route.content_type), route.body);
    ++sent_;
    const std::string what =
        operation.name() + " as " + attack.name + " answered " + std::to_string(reply.status) + ": " + reply.body.substr(0, 300);
    const bool is_refused = reply.status == 401 || reply.status == 403 || reply.status == 404;
    refused_ += is_refused ? 1 : 0;
    CHECK_MESSAGE(reply.status < 500, what);
    const bool is_open = is_listed(open_routes(), operation.name());
    const bool has_credential = attack.name != "anonymous" && attack.name != "revoked key";
    const bool is_own = has_credential && is_listed(own_routes(), operation.name());
    if (!is_open && !is_own) CHECK_MESSAGE(is_refused, what);
    check_silent(attack, reply, what, is_refused);
    if (!operation.is_read()) check_rows(what);
    if (attack.person != nullptr && reply.status < 300 &&
        (operation.pattern == "/api-auth/logout" || operation.pattern == "/api/v1/session"))
      scene_.sign_in_again(attack);
  }

  void check_silent(const Attack& attack, const Reply& reply, const std::string& what, bool is_refused) {
    // A member of the organizations may see their name, not what the role is not for; the refusal itself is what is checked
    // there.
    if (attack.role && is_refused) return;
    const std::string said = reply.head + reply.body;
    for (const auto& text : scene_.victims().private_texts)
      if (!attack.role || text != "victim-buyer-canary")
        CHECK_MESSAGE(said.find(text) == std::string::npos, what, " and told ", text);
    if (is_refused || attack.role) return;
    for (const auto& id : scene_.victims().private_ids) CHECK_MESSAGE(said.find(id) == std::string::npos, what, " and told ", id);
  }

  void check_rows(const std::string& what) {
    auto now = dump_rows(*database_, tables_, wish_);
    const auto changed = differences(rows_, now);
    for (const auto& line : changed) FAIL_CHECK(what, " and changed: ", line);
    if (!changed.empty()) rows_ = std::move(now);
  }

  Scene& scene_;
  std::unique_ptr<store::Database> database_;
  std::vector<TableView> tables_;
  DumpWish wish_;
  RowsByTable rows_;
  int sent_ = 0;
  int refused_ = 0;
  int allowed_ = 0;
};

void check_tables(const std::vector<Operation>& operations) {
  std::set<std::string> names;
  for (const auto& operation : operations) {
    names.insert(operation.name());
    const bool is_open = operation.accepts.contains("anyone");
    CHECK_MESSAGE(is_open == is_listed(open_routes(), operation.name()), operation.name(), " accepts ",
                  is_open ? "anyone and is not in open_routes()" : "not anyone and is in open_routes()");
  }
  for (const auto& row : open_routes()) CHECK_MESSAGE(names.contains(row.route), row.route, " of open_routes() does not exist");
  for (const auto& row : own_routes()) CHECK_MESSAGE(names.contains(row.route), row.route, " of own_routes() does not exist");
  for (const auto& row : refused_to_owners())
    CHECK_MESSAGE(names.contains(row.route), row.route, " of refused_to_owners() does not exist");
  for (const auto& row : role_exceptions())
    CHECK_MESSAGE(names.contains(row.route), row.route, " of role_exceptions() does not exist");
}

void attack_everything(const Place& place) {
  std::printf("%s\n", place.is_sqlite() ? "SQLite" : "PostgreSQL");
  Scene scene(place);
  Wire wire = scene.fresh_wire();
  const auto operations = operations_of(ask(wire, "GET", "/openapi.json", ""));
  REQUIRE(operations.size() > 100);
  check_tables(operations);
  std::vector<Prepared> routes;
  for (const auto& operation : operations)
    if (auto prepared = prepare(operation, scene.victims().facts)) routes.push_back(std::move(*prepared));
  Matrix matrix(scene, place);
  matrix.run(routes);
  matrix.run_as_owners(routes);
}

}  // namespace

TEST_CASE("SQLite: what belongs to an organization is refused to everybody else, and stays as it was") {
  const ScratchPath folder;
  attack_everything({.data = folder.path() / "data", .database_url = {}});
}

TEST_CASE("PostgreSQL: what belongs to an organization is refused to everybody else, and stays as it was") {
  for_postgres(attack_everything);
}
