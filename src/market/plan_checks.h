// What a plan may say; private to market.
#pragma once

#include "market/catalogue.h"

namespace guildhall::market {

/// Refusal(validation_failed) naming the field.
void check_plan(const Offering& offering, const Plan& values);
void check_prices(const Offering& offering, const std::map<std::string, Decimal>& prices);
void check_quotas(const Offering& offering, const std::map<std::string, std::int64_t>& quotas);

}  // namespace guildhall::market
