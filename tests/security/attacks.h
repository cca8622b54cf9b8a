// Two victims, a seller and its customer, and everybody who may not touch what is theirs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "database_view.h"
#include "identity/organizations.h"
#include "matrix_tables.h"
#include "support/server_process.h"
#include "world.h"

namespace guildhall::test {

struct Attack {
  std::string name;
  RequestHeaders headers;
  std::optional<identity::Role> role;  ///< a member of the victims' organizations with this role; none: a stranger
  Person* person = nullptr;            ///< signs in again when a route ended the credential
};

struct Victims {
  Seller seller;
  Buyer buyer;
  std::string visitor_token;  ///< of the buyer's widget
  Facts facts;
  std::vector<std::string> private_texts;  ///< nobody else may read these in any answer
  std::vector<std::string> private_ids;    ///< nor these in an answer that is no refusal
};

/// A server with the victims and all attackers in it, restarted once to give the lower roles.
class Scene {
 public:
  explicit Scene(const Place& place);
  std::uint16_t port() const { return server_.port(); }
  const Victims& victims() const { return victims_; }
  /// Built anew at each call, so that a fresh sign-in counts.
  std::vector<Attack> attacks();
  void sign_in_again(const Attack& attack);
  /// Owner's credentials, in the order they are tried.
  std::vector<std::pair<std::string, RequestHeaders>> owners() const;
  /// A wire from an address nobody called from before, so that limits per address do not answer instead of the guard.
  Wire fresh_wire();
  int stop() { return server_.stop(); }

 private:
  void make_victims();
  void make_measured();
  void make_strangers();
  void give_roles(const Place& place);

  ServerProcess server_;
  Victims victims_;
  Person operator_;
  Person stranger_;
  Person member_;
  Person support_;
  std::string stranger_key_;
  std::string stranger_studio_key_;
  std::string stranger_visitor_;
  std::string revoked_key_;
  int next_address_ = 0;
};

}  // namespace guildhall::test
