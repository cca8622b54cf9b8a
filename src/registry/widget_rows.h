// Widgets as rows; private to registry.
#pragma once

#include <string_view>

#include "registry/access.h"

namespace guildhall::registry {

/// Switches off every widget of the subscription that is on; returns how many.
std::int64_t deactivate_widgets_of(const Scope& scope, store::Tx& tx, SubscriptionId subscription);

/// The domains in stored form, each once; adds to `errors` what is malformed. Names the fields after `path`.
std::vector<std::string> checked_domains(const std::vector<std::string>& domains, std::string_view path,
                                         std::vector<FieldError>& errors);
bool is_hex_color(std::string_view text);
bool is_widget_position(std::string_view text);
bool is_widget_theme(std::string_view text);

}  // namespace guildhall::registry
