// The options an offering asks its buyers for: required ones present, all of the declared type (contracts/cmp.md §8).
#include <algorithm>

#include "base/errors.h"
#include "base/time.h"
#include "order_checks.h"

namespace guildhall::market {
namespace {

bool is_among(const json::Value& definition, std::string_view value) {
  const json::Array* choices = json::find_array(definition, "choices");
  if (choices == nullptr) return true;
  return std::any_of(choices->begin(), choices->end(),
                     [&](const json::Value& choice) { return choice.is_string() && json::view(choice.get_string()) == value; });
}

bool is_number_text(const json::Value& value) {
  return value.is_int64() || value.is_uint64() || value.is_double() ||
         (value.is_string() && Decimal::parse(json::view(value.get_string())).has_value());
}

bool is_integer_in(const json::Value& definition, const json::Value& value) {
  if (!value.is_int64()) return false;
  const auto min = json::integer_of(definition, "min");
  const auto max = json::integer_of(definition, "max");
  return (!min || value.get_int64() >= *min) && (!max || value.get_int64() <= *max);
}

/// Types this does not know take any text.
bool has_type(const json::Value& definition, const json::Value& value) {
  const std::string_view type = json::text_of(definition, "type", "string");
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return is_integer_in(definition, value);
  if (type == "money") return is_number_text(value);
  if (type == "select_string_multi") {
    if (!value.is_array()) return false;
    return std::all_of(value.get_array().begin(), value.get_array().end(), [&](const json::Value& item) {
      return item.is_string() && is_among(definition, json::view(item.get_string()));
    });
  }
  if (!value.is_string()) return false;
  const std::string_view text = json::view(value.get_string());
  if (type == "select_string") return is_among(definition, text);
  if (type == "date") return parse_date(text).has_value();
  return true;
}

bool is_blank(const json::Value* value) {
  return value == nullptr || value->is_null() || (value->is_string() && value->get_string().empty());
}

}  // namespace

void check_options(const Offering& offering, const json::Object& attributes) {
  const json::Value all(offering.options);
  const json::Object* options = json::find_object(all, "options");
  if (options == nullptr) return;
  for (const auto& option : *options) {
    const std::string name(option.key());
    const json::Value* value = attributes.if_contains(name);
    if (is_blank(value)) {
      if (json::bool_of(option.value(), "required")) throw invalid_field("attributes." + name, "This field is required.");
      continue;
    }
    if (!has_type(option.value(), *value)) {
      const std::string type(json::text_of(option.value(), "type", "string"));
      throw invalid_field("attributes." + name, "This is not a valid " + type + ".");
    }
  }
}

}  // namespace guildhall::market
