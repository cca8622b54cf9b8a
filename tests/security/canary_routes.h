// Which operations of /openapi.json the canary sweep calls, and how.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "matrix_tables.h"

namespace guildhall::test {

/// One request of the sweep, with places like <buyer_document> in it.
struct Probe {
  std::string operation;  ///< "GET /api/v1/access/{access}"
  std::string method;
  std::string target;
  std::string body;
  std::set<std::string> accepts;
};

/// Every reading operation with each of its filters, and every operation that asks. `unknown` names the operations that the
/// tables below do not classify, and what the tables name that is not there.
std::vector<Probe> probes_of(const json::Value& openapi, std::vector<std::string>& unknown);

/// Why an operation never answers its own reader in the sweep; empty for one that must.
std::string reason_of_silence(std::string_view operation);

}  // namespace guildhall::test
