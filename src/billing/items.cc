// Rows of invoice_item.
#include "items.h"

#include <algorithm>
#include <stdexcept>

namespace guildhall::billing {

namespace {

json::Value written(const std::vector<LimitPeriod>& periods) {
  json::Array list;
  for (const LimitPeriod& period : periods) {
    json::Object one;
    one["start"] = period.start.us;
    one["end"] = period.end.us;
    one["limit"] = period.limit;
    list.push_back(std::move(one));
  }
  return list;
}

std::vector<LimitPeriod> read_periods(const json::Value& list) {
  std::vector<LimitPeriod> periods;
  for (const json::Value& one : list.as_array()) {
    periods.push_back({{json::integer_of(one, "start").value()},
                       {json::integer_of(one, "end").value()},
                       json::integer_of(one, "limit").value()});
  }
  return periods;
}

/// id, invoice_id, cycle, name, project_id, subscription_id, plan_id, component, component_name, billing_type, limit_period,
/// unit, measured_unit, article_code, unit_price, quantity, start_at, end_at, is_credit, is_plan_switch, limit_periods.
StoredItem item_of(const store::Row& row) {
  StoredItem stored;
  InvoiceItem& item = stored.item;
  item.id = row.id<InvoiceItemId>(0);
  item.invoice = row.id<InvoiceId>(1);
  stored.cycle = row.cycle(2);
  item.name = row.text(3);
  item.project = row.optional_id<ProjectId>(4);
  item.subscription = row.optional_id<SubscriptionId>(5);
  item.plan = row.id<PlanId>(6);
  item.component = row.text(7);
  item.component_name = row.text(8);
  item.billing_type = market::parse_billing_type(row.text(9)).value();
  stored.limit_period = row.text(10);
  item.unit = row.text(11);
  item.measured_unit = row.text(12);
  item.article_code = row.text(13);
  item.unit_price = row.decimal(14);
  item.quantity = row.decimal(15);
  item.start = row.timestamp(16);
  item.end = row.timestamp(17);
  item.is_credit = row.boolean(18);
  stored.is_plan_switch = row.boolean(19);
  stored.periods = read_periods(row.json(20));
  return stored;
}

std::vector<StoredItem> items_of_rows(const store::Rows& rows) {
  std::vector<StoredItem> items;
  items.reserve(rows.size());
  for (const store::Row& row : rows) items.push_back(item_of(row));
  return items;
}

}  // namespace

bool StoredItem::is_recurring() const {
  return item.billing_type == market::BillingType::fixed ||
         (item.billing_type == market::BillingType::limit && limit_period == "month");
}

bool StoredItem::is_open() const {
  return is_recurring() && item.end == last_instant(cycle);
}

void charge(StoredItem& stored) {
  InvoiceItem& item = stored.item;
  if (!stored.is_recurring()) throw std::logic_error("only recurring items are charged by time");
  item.quantity = item.billing_type == market::BillingType::fixed
                      ? quantity_of(item.unit, item.start, item.end)
                      : limit_quantity(item.unit, stored.periods, item.start, item.end, stored.is_plan_switch);
}

void close(StoredItem& stored, Timestamp at) {
  stored.item.end = std::max(at, stored.item.start);
  truncate(stored.periods, stored.item.end);
  charge(stored);
}

std::vector<StoredItem> items_of_invoice(store::Tx& tx, OrganizationId organization, InvoiceId invoice) {
  return items_of_rows(tx.query(
      "SELECT id, invoice_id, cycle, name, project_id, subscription_id, plan_id, component, component_name, billing_type,"
      " limit_period, unit, measured_unit, article_code, unit_price, quantity, start_at, end_at, is_credit, is_plan_switch,"
      " limit_periods FROM invoice_item WHERE organization_id = $1 AND invoice_id = $2 ORDER BY position",
      {organization, invoice}));
}

std::vector<StoredItem> items_of_subscription(store::Tx& tx, OrganizationId organization, InvoiceId invoice,
                                              SubscriptionId subscription) {
  return items_of_rows(tx.query(
      "SELECT id, invoice_id, cycle, name, project_id, subscription_id, plan_id, component, component_name, billing_type,"
      " limit_period, unit, measured_unit, article_code, unit_price, quantity, start_at, end_at, is_credit, is_plan_switch,"
      " limit_periods FROM invoice_item WHERE organization_id = $1 AND invoice_id = $2 AND subscription_id = $3 ORDER BY "
      "position",
      {organization, invoice, subscription}));
}

std::optional<StoredItem> last_limit_item(store::Tx& tx, OrganizationId organization, SubscriptionId subscription,
                                          std::string_view component) {
  const auto row = tx.first(
      "SELECT id, invoice_id, cycle, name, project_id, subscription_id, plan_id, component, component_name, billing_type,"
      " limit_period, unit, measured_unit, article_code, unit_price, quantity, start_at, end_at, is_credit, is_plan_switch,"
      " limit_periods FROM invoice_item"
      " WHERE organization_id = $1 AND subscription_id = $2 AND component = $3 AND billing_type = 'limit'"
      " ORDER BY cycle DESC, position DESC LIMIT 1",
      {organization, subscription, component});
  return row ? std::optional(item_of(*row)) : std::nullopt;
}

void insert_items(store::Tx& tx, OrganizationId organization, InvoiceId invoice, const std::vector<StoredItem>& items) {
  if (items.empty()) return;
  std::int64_t position = tx.query(
                                "SELECT COALESCE(MAX(position), 0) FROM invoice_item"
                                " WHERE organization_id = $1 AND invoice_id = $2",
                                {organization, invoice})
                              .front()
                              .integer(0);
  for (const StoredItem& stored : items) {
    const InvoiceItem& item = stored.item;
    tx.execute(
        "INSERT INTO invoice_item (organization_id, invoice_id, id, position, cycle, name, project_id, subscription_id, plan_id,"
        " component, component_name, billing_type, limit_period, unit, measured_unit, article_code, unit_price, quantity, "
        "start_at,"
        " end_at, is_credit, is_plan_switch, limit_periods) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
        " $15, $16, $17, $18, $19, $20, $21, $22, $23)",
        {organization,
         invoice,
         item.id,
         ++position,
         stored.cycle,
         item.name,
         item.project,
         item.subscription,
         item.plan,
         item.component,
         item.component_name,
         market::wire_name(item.billing_type),
         stored.limit_period,
         item.unit,
         item.measured_unit,
         item.article_code,
         item.unit_price,
         item.quantity,
         item.start,
         item.end,
         item.is_credit,
         stored.is_plan_switch,
         json::write(written(stored.periods))});
  }
}

void update_item(store::Tx& tx, OrganizationId organization, const StoredItem& stored) {
  const std::int64_t changed = tx.execute(
      "UPDATE invoice_item SET end_at = $4, quantity = $5, is_plan_switch = $6, limit_periods = $7"
      " WHERE organization_id = $1 AND invoice_id = $2 AND id = $3",
      {organization, stored.item.invoice, stored.item.id, stored.item.end, stored.item.quantity, stored.is_plan_switch,
       json::write(written(stored.periods))});
  if (changed != 1) throw std::logic_error("an invoice item vanished");
}

void remove_item(store::Tx& tx, OrganizationId organization, const StoredItem& stored) {
  tx.execute("DELETE FROM invoice_item WHERE organization_id = $1 AND invoice_id = $2 AND id = $3",
             {organization, stored.item.invoice, stored.item.id});
}

}  // namespace guildhall::billing
