// What an empty installation needs before anyone can sign in.
#pragma once

#include <string>

#include "base/settings.h"
#include "installation.h"

namespace guildhall::app {

/// Makes the operator of GUILDHALL_OPERATOR_EMAIL and GUILDHALL_OPERATOR_PASSWORD when no account exists yet.
void make_operator(Installation& installation, const Settings& settings);
/// Prints the one-time link for making the operator by hand, when no account exists.
void print_setup_link(Installation& installation, const std::string& address);

}  // namespace guildhall::app
