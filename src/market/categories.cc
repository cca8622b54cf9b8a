// The categories of the marketplace.
#include <array>

#include "base/errors.h"
#include "base/text.h"
#include "market/catalogue.h"

namespace guildhall::market {
namespace {

struct StandardCategory {
  std::string_view slug;
  std::string_view title;
  std::string_view description;
};

constexpr std::array<StandardCategory, 6> kStandardCategories{{
    {"customer_support", "Customer support", "Answers questions of customers and hands over to people."},
    {"sales", "Sales", "Advises buyers, qualifies leads and prepares offers."},
    {"hr", "Human resources", "Answers questions of employees and applicants."},
    {"it_support", "IT support", "Helps with devices, accounts and software."},
    {"education", "Education", "Explains, exercises and tutors."},
    {"custom", "Custom", "Everything else."},
}};

constexpr std::string_view kSelectCategories =
    "SELECT c.category_id, c.slug, c.title, c.description,"
    " (SELECT count(*) FROM offering o WHERE o.category_id = c.category_id AND o.is_shared AND o.state IN ('Active', 'Paused'))"
    " FROM category c";

Category category_of_row(const store::Row& row) {
  return {.id = row.id<CategoryId>(0),
          .slug = row.text(1),
          .title = row.text(2),
          .description = row.text(3),
          .offering_count = row.integer(4)};
}

}  // namespace

std::vector<Category> list_categories(store::Tx& tx) {
  std::vector<Category> categories;
  for (const store::Row& row : tx.query(std::string(kSelectCategories) + " ORDER BY c.position, c.slug")) {
    categories.push_back(category_of_row(row));
  }
  return categories;
}

Category get_category(store::Tx& tx, std::string_view reference) {
  const auto id = CategoryId::parse(reference);
  const auto row = id ? tx.first(std::string(kSelectCategories) + " WHERE c.category_id = $1", {*id})
                      : tx.first(std::string(kSelectCategories) + " WHERE c.slug = $1", {ascii_lower(reference)});
  if (!row) throw not_found("category");
  return category_of_row(*row);
}

void ensure_categories(store::Tx& tx) {
  std::int64_t position = 0;
  for (const StandardCategory& category : kStandardCategories) {
    tx.execute(
        "INSERT INTO category (category_id, slug, title, description, position) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (slug) DO NOTHING",
        {CategoryId::random(), category.slug, category.title, category.description, ++position});
  }
}

}  // namespace guildhall::market
