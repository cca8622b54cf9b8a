// How states and kinds are written on the wire and in the database (contracts/cmp.md §2.2, §7).
#include <array>
#include <stdexcept>

#include "market/catalogue.h"
#include "market/orders.h"

namespace guildhall::market {
namespace {

template <class Value>
struct NamedValue {
  Value value;
  std::string_view name;
};

constexpr std::array<NamedValue<OfferingState>, 4> kOfferingStates{{{OfferingState::draft, "Draft"},
                                                                    {OfferingState::active, "Active"},
                                                                    {OfferingState::paused, "Paused"},
                                                                    {OfferingState::archived, "Archived"}}};
constexpr std::array<NamedValue<BillingType>, 5> kBillingTypes{{{BillingType::fixed, "fixed"},
                                                                {BillingType::usage, "usage"},
                                                                {BillingType::limit, "limit"},
                                                                {BillingType::one, "one"},
                                                                {BillingType::few, "few"}}};
constexpr std::array<NamedValue<OrderState>, 9> kOrderStates{{{OrderState::pending_consumer, "pending-consumer"},
                                                              {OrderState::pending_project, "pending-project"},
                                                              {OrderState::pending_start_date, "pending-start-date"},
                                                              {OrderState::pending_provider, "pending-provider"},
                                                              {OrderState::executing, "executing"},
                                                              {OrderState::done, "done"},
                                                              {OrderState::erred, "erred"},
                                                              {OrderState::canceled, "canceled"},
                                                              {OrderState::rejected, "rejected"}}};
constexpr std::array<NamedValue<OrderType>, 3> kOrderTypes{
    {{OrderType::create, "Create"}, {OrderType::update, "Update"}, {OrderType::terminate, "Terminate"}}};
constexpr std::array<NamedValue<SubscriptionState>, 6> kSubscriptionStates{{{SubscriptionState::creating, "Creating"},
                                                                            {SubscriptionState::ok, "OK"},
                                                                            {SubscriptionState::updating, "Updating"},
                                                                            {SubscriptionState::terminating, "Terminating"},
                                                                            {SubscriptionState::terminated, "Terminated"},
                                                                            {SubscriptionState::erred, "Erred"}}};
constexpr std::array<NamedValue<SubscriptionState>, 6> kRegistryStates{{{SubscriptionState::creating, "CREATING"},
                                                                        {SubscriptionState::ok, "OK"},
                                                                        {SubscriptionState::updating, "UPDATING"},
                                                                        {SubscriptionState::terminating, "TERMINATING"},
                                                                        {SubscriptionState::terminated, "TERMINATED"},
                                                                        {SubscriptionState::erred, "ERRED"}}};
constexpr std::array<NamedValue<OrderAction>, 8> kOrderActions{{{OrderAction::approve_by_consumer, "approve_by_consumer"},
                                                                {OrderAction::reject_by_consumer, "reject_by_consumer"},
                                                                {OrderAction::approve_by_provider, "approve_by_provider"},
                                                                {OrderAction::reject_by_provider, "reject_by_provider"},
                                                                {OrderAction::cancel, "cancel"},
                                                                {OrderAction::set_state_executing, "set_state_executing"},
                                                                {OrderAction::set_state_done, "set_state_done"},
                                                                {OrderAction::set_state_erred, "set_state_erred"}}};

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value) {
  for (const auto& row : table) {
    if (row.value == value) return row.name;
  }
  throw std::logic_error("a value without a name");
}

template <class Value, std::size_t N>
std::optional<Value> value_in(const std::array<NamedValue<Value>, N>& table, std::string_view name) {
  for (const auto& row : table) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view wire_name(OfferingState state) {
  return name_in(kOfferingStates, state);
}
std::optional<OfferingState> parse_offering_state(std::string_view name) {
  return value_in(kOfferingStates, name);
}
std::string_view wire_name(BillingType type) {
  return name_in(kBillingTypes, type);
}
std::optional<BillingType> parse_billing_type(std::string_view name) {
  return value_in(kBillingTypes, name);
}
std::string_view wire_name(OrderState state) {
  return name_in(kOrderStates, state);
}
std::optional<OrderState> parse_order_state(std::string_view name) {
  return value_in(kOrderStates, name);
}
std::string_view wire_name(OrderType type) {
  return name_in(kOrderTypes, type);
}
std::optional<OrderType> parse_order_type(std::string_view name) {
  return value_in(kOrderTypes, name);
}
std::string_view wire_name(SubscriptionState state) {
  return name_in(kSubscriptionStates, state);
}
std::string_view registry_name(SubscriptionState state) {
  return name_in(kRegistryStates, state);
}
std::optional<SubscriptionState> parse_subscription_state(std::string_view name) {
  return value_in(kSubscriptionStates, name);
}
std::string_view wire_name(OrderAction action) {
  return name_in(kOrderActions, action);
}

}  // namespace guildhall::market
