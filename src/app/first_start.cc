// Making the first operator, from the environment or by a one-time link.
#include "first_start.h"

#include <cstdio>

#include "base/errors.h"
#include "identity/accounts.h"
#include "identity/organizations.h"

namespace guildhall::app {

void make_operator(Installation& installation, const Settings& settings) {
  const auto email = settings.optional("operator_email");
  const auto password = settings.optional("operator_password");
  if (!email && !password) return;
  if (!email || !password)
    throw Refusal(Code::validation_failed, "set both GUILDHALL_OPERATOR_EMAIL and GUILDHALL_OPERATOR_PASSWORD, or neither");
  if (installation.database->read([](store::Tx& tx) { return identity::count_accounts(tx); }) > 0) return;
  const identity::NewAccount account{.username = *email, .email = *email, .full_name = "Operator", .is_staff = true};
  const Secret secret(*password);
  identity::check_password_policy(secret, account);
  const std::string hash = installation.hasher.hash(secret);
  installation.database->write([&](store::Tx& tx) {
    const auto made = identity::create_account(tx, account, hash);
    identity::ensure_organization(tx, made, "first start");
  });
}

void print_setup_link(Installation& installation, const std::string& address) {
  if (const auto token = identity::make_setup_token(*installation.database))
    std::printf("No account exists yet. Make the operator here, once, within 24 hours:\n  %s/setup?token=%s\n", address.c_str(),
                token->c_str());
}

}  // namespace guildhall::app
