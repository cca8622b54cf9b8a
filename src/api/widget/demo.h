// The sample shop page with the widget on it.
#pragma once

#include <string>
#include <string_view>

namespace guildhall::api::widget_dialect {

/// `pk_` and 16 to 64 characters of the base64url alphabet: what may stand in the page's attribute without escaping.
bool is_widget_key(std::string_view text);

/// The page with the key in its one place.
std::string page_with_key(std::string_view page, std::string_view widget_key);

}  // namespace guildhall::api::widget_dialect
