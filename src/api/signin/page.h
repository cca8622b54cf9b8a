// The few pages the server draws itself.
#pragma once

#include <string>
#include <string_view>

#include "edge/call.h"

namespace guildhall::api::signin {

/// `__Host-sid=` behind https, `sid=` on plain loopback; elsewhere Refusal(permission_denied): signing in needs https.
std::string cookie_prefix(const Call& call);

std::string home_page(Call& call);
std::string login_page(std::string_view problem);
std::string setup_page(std::string_view token, std::string_view problem);

/// Sends a page with the strict content security policy of contracts/identity-and-security.md §17.
void answer_page(Call& call, std::string html);

}  // namespace guildhall::api::signin
