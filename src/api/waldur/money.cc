// Component usages and invoices in the Waldur dialect (contracts/cmp.md §5, §9).
#include "waldur/route_tables.h"

#include "base/text.h"
#include "waldur/shapes.h"

namespace guildhall::api::waldur_dialect {
namespace {

Cycle usage_period(const Call& call, Timestamp now) {
  const std::string period = call.query("billing_period");
  if (period.empty()) return cycle_of(now);
  const auto cycle = parse_cycle(period.substr(0, 7));
  if (!cycle) throw invalid_field("billing_period", "Enter a valid date.");
  return *cycle;
}

json::Object usage_row(const Call& call, const market::Subscription& subscription, const market::Offering& offering,
                       const billing::ComponentTotal& total, Timestamp now) {
  json::Object row{{"uuid", hex(Uuid{subscription.id.uuid})},
                   {"type", total.component},
                   {"name", total.component},
                   {"measured_unit", ""},
                   {"usage", number(total.amount)},
                   {"date", rfc3339(now)},
                   {"created", rfc3339(start_of(total.cycle))},
                   {"billing_period", text(date_of(start_of(total.cycle)))},
                   {"recurring", false},
                   {"missing_usage_policy", "zero"},
                   {"resource_uuid", subscription.id.hex()},
                   {"resource_name", subscription.name},
                   {"offering_uuid", offering.id.hex()},
                   {"offering_name", offering.name},
                   {"project_uuid", subscription.project.hex()},
                   {"customer_uuid", subscription.organization.hex()}};
  for (const auto& component : offering.components)
    if (component.type == total.component) {
      row["uuid"] = hex(Uuid{component.id.uuid});
      row["name"] = component.name;
      row["measured_unit"] = component.measured_unit;
    }
  row["url"] = url_of(call, "marketplace-resources", subscription.id.uuid);
  return row;
}

/// Both sides see usage: the customer its own, the provider that of its offerings.
void list_usages(Call& call) {
  const auto wanted = uuid_filter(call, "resource");
  const std::string type = call.query("type");
  call.read([&](store::Tx& tx) {
    const Cycle cycle = usage_period(call, tx.now());
    json::Array rows;
    std::vector<SubscriptionId> seen;
    for (const Scope& scope : call.scopes(tx)) {
      for (const bool as_provider : {false, true}) {
        if (!scope.may(as_provider ? Right::provide_agents : Right::read_usage)) continue;
        market::SubscriptionFilter filter;
        filter.as_provider = as_provider;
        filter.limit = 10'000;
        for (const auto& subscription : market::list_subscriptions(scope, tx, filter).items) {
          if (wanted && subscription.id.uuid != *wanted) continue;
          if (std::find(seen.begin(), seen.end(), subscription.id) != seen.end()) continue;
          seen.push_back(subscription.id);
          const auto offering = market::offering_by_id(tx, subscription.offering);
          for (const auto& total : billing::component_totals(tx, subscription.organization, subscription.id, cycle))
            if (type.empty() || total.component == type) rows.push_back(usage_row(call, subscription, offering, total, tx.now()));
        }
      }
    }
    answer_list(call, std::move(rows));
  });
}

void list_invoices(Call& call) {
  const auto customer = uuid_filter(call, "customer");
  const std::string state = call.query("state");
  call.read([&](store::Tx& tx) {
    json::Array rows;
    for (const Scope& scope : call.scopes(tx)) {
      if ((customer && scope.organization.uuid != *customer) || !scope.may(Right::read_billing)) continue;
      const auto organization = identity::get_organization(scope, tx);
      for (const auto& invoice : billing::list_invoices(scope, tx))
        if (state.empty() || state == billing::wire_name(invoice.state))
          rows.push_back(invoice_json(call, invoice, organization));
    }
    answer_list(call, std::move(rows));
  });
}

struct FoundInvoice {
  Scope scope;
  billing::Invoice invoice;
};
FoundInvoice invoice_in_path(Call& call, store::Tx& tx) {
  const auto id = id_in_path<InvoiceId>(call, "invoice");
  return call.find_in_scopes(tx, "invoice",
                             [&](const Scope& scope) { return FoundInvoice{scope, billing::get_invoice(scope, tx, id)}; });
}

void get_invoice(Call& call) {
  answer_object(call, call.read([&](store::Tx& tx) {
    const auto found = invoice_in_path(call, tx);
    return invoice_json(call, found.invoice, identity::get_organization(found.scope, tx));
  }));
}

void list_items(Call& call) {
  const auto invoice = call.read([&](store::Tx& tx) { return invoice_in_path(call, tx).invoice; });
  json::Array rows;
  for (const auto& item : invoice.items) rows.push_back(invoice_item_json(call, item));
  answer_list(call, std::move(rows));
}

Route money_row(Right right) {
  Route result;
  result.right = right;
  result.query = {{"page", "integer"}, {"page_size", "integer"}, {"field"}};
  return result;
}

}  // namespace

RouteTable money_routes() {
  Route usages = money_row(Right::read_usage);
  usages.query.push_back({"resource_uuid"});
  usages.query.push_back({"billing_period"});
  usages.query.push_back({"type"});
  return {
      get("/api/marketplace-component-usages", "Usage by component and month, from the ledger", kAccount, list_usages, usages),
      get("/api/invoices", "Invoices, newest first", kAccount, list_invoices, money_row(Right::read_billing)),
      get("/api/invoices/{uuid}", "One invoice", kAccount, get_invoice, money_row(Right::read_billing)),
      get("/api/invoices/{uuid}/items", "Its items", kAccount, list_items, money_row(Right::read_billing))};
}

}  // namespace guildhall::api::waldur_dialect
