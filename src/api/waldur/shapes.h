// JSON shapes of the Waldur dialect: 32-hex UUIDs, absolute URLs, decimal strings (contracts/cmp.md §2.2, §4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "billing/invoices.h"
#include "billing/ledger.h"
#include "edge/call.h"
#include "edge/describe.h"
#include "edge/route.h"
#include "identity/organizations.h"
#include "market/catalogue.h"
#include "market/orders.h"

namespace guildhall::api::waldur_dialect {

/// `https://host/api/<collection>/<uuid>/`
std::string url_of(const Call& call, std::string_view collection, const Uuid& uuid);

json::Object user_json(const Call& call, const identity::Account& account);
json::Object customer_json(const Call& call, store::Tx& tx, const identity::Organization& organization);
json::Object project_json(const Call& call, store::Tx& tx, const identity::Project& project,
                          const identity::Organization& customer);
json::Object category_json(const Call& call, const market::Category& category);
json::Object provider_json(const Call& call, store::Tx& tx, const market::ServiceProvider& provider);
json::Object offering_json(const Call& call, const market::Offering& offering);
json::Object plan_json(const Call& call, const market::Offering& offering, const market::Plan& plan);
json::Object order_json(const Call& call, store::Tx& tx, const market::Order& order);
json::Object resource_json(const Call& call, store::Tx& tx, const market::Subscription& subscription);
json::Object invoice_json(const Call& call, const billing::Invoice& invoice, const identity::Organization& customer);
json::Object invoice_item_json(const Call& call, const billing::InvoiceItem& item);

/// Decimal as a JSON number written exactly.
json::Value number(const Decimal& value);

/// A relation in a body: a URL (host ignored, last segment counts) or a bare UUID, hex or dashed. Refusal(validation_failed).
Uuid related(std::string_view reference, std::string_view field);
template <class IdType>
IdType related_id(std::string_view reference, std::string_view field) {
  return IdType{related(reference, field)};
}
/// The UUID in the path; Refusal(not_found) for anything else.
template <class IdType>
IdType id_in_path(const Call& call, std::string_view thing) {
  const auto id = IdType::parse(call.path("uuid"));
  if (!id) throw not_found(thing);
  return *id;
}
/// A UUID filter, by `name` (URL) or `name_uuid`.
std::optional<Uuid> uuid_filter(const Call& call, const std::string& name);

struct Page {
  std::size_t number = 1;
  std::size_t size = 10;
  std::size_t offset() const { return (number - 1) * size; }
};
/// `page` and `page_size` (10, at most 300).
Page page_of(const Call& call);
/// A bare array with X-Result-Count and Link; `field=` projects. A page past the last: Refusal(not_found) "Invalid page."
void answer_page(Call& call, const Page& page, std::int64_t total, json::Array items);
/// Cuts the page out of a list held whole.
void answer_list(Call& call, json::Array all);
/// One object, with `field=` projection.
void answer_object(Call& call, json::Object object);

}  // namespace guildhall::api::waldur_dialect
