// Lists in the Waldur dialect: bare arrays, counted and linked in headers (contracts/cmp.md §2.3).
#include <algorithm>

#include "base/text.h"
#include "waldur/shapes.h"

namespace guildhall::api::waldur_dialect {
namespace {

std::string page_link(const Call& call, std::size_t number) {
  std::string url = call.services().public_url + call.request().path + "/?";
  for (const auto& [name, value] : call.request().query.items())
    if (name != "page") url += net::url_encoded(name) + "=" + net::url_encoded(value) + "&";
  return "<" + url + "page=" + std::to_string(number) + ">";
}

void project(const Call& call, json::Object& object) {
  const auto fields = call.request().query.all("field");
  if (fields.empty()) return;
  json::Object kept;
  for (const auto field : fields)
    if (const auto* value = object.if_contains(field)) kept[field] = *value;
  object = std::move(kept);
}

}  // namespace

Page page_of(const Call& call) {
  Page page;
  const auto number = call.request().query.get("page");
  const auto value = number ? parse_integer(*number) : std::optional<std::int64_t>(1);
  if (!value || *value < 1) throw Refusal(Code::not_found, "Invalid page.");
  page.number = static_cast<std::size_t>(*value);
  const auto size = call.request().query.get("page_size");
  const auto wanted = size ? parse_integer(*size) : std::nullopt;
  if (wanted && *wanted > 0) page.size = static_cast<std::size_t>(std::min<std::int64_t>(*wanted, 300));
  return page;
}

void answer_page(Call& call, const Page& page, std::int64_t total, json::Array items) {
  const std::size_t last = std::max<std::size_t>(1, (static_cast<std::size_t>(total) + page.size - 1) / page.size);
  if (page.number > last) throw Refusal(Code::not_found, "Invalid page.");
  for (auto& item : items)
    if (item.is_object()) project(call, item.get_object());
  std::string link = page_link(call, 1) + "; rel=\"first\"";
  if (page.number > 1) link += ", " + page_link(call, page.number - 1) + "; rel=\"prev\"";
  if (page.number < last) link += ", " + page_link(call, page.number + 1) + "; rel=\"next\"";
  link += ", " + page_link(call, last) + "; rel=\"last\"";
  call.set_header("X-Result-Count", std::to_string(total));
  call.set_header("Link", link);
  call.answer(items);
}

void answer_list(Call& call, json::Array all) {
  const Page page = page_of(call);
  const auto total = static_cast<std::int64_t>(all.size());
  json::Array items;
  for (std::size_t i = page.offset(); i < all.size() && i < page.offset() + page.size; ++i) items.push_back(std::move(all[i]));
  answer_page(call, page, total, std::move(items));
}

void answer_object(Call& call, json::Object object) {
  project(call, object);
  call.answer(object);
}

Uuid related(std::string_view reference, std::string_view field) {
  std::string_view last = reference;
  while (last.ends_with('/')) last.remove_suffix(1);
  if (const auto slash = last.rfind('/'); slash != std::string_view::npos) last = last.substr(slash + 1);
  const auto uuid = parse_uuid(last);
  if (!uuid) throw invalid_field(std::string(field), "Invalid hyperlink or UUID.");
  return *uuid;
}

std::optional<Uuid> uuid_filter(const Call& call, const std::string& name) {
  for (const std::string& parameter : {name, name + "_uuid"})
    if (const auto value = call.request().query.get(parameter); value && !value->empty()) return related(*value, parameter);
  return std::nullopt;
}

}  // namespace guildhall::api::waldur_dialect
