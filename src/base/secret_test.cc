// Secrets: seen only through reveal, gone from where they were moved.
#include "base/secret.h"

#include <doctest/doctest.h>

#include <ostream>
#include <type_traits>

using namespace guildhall;

namespace {

template <class T, class = void>
struct IsStreamable : std::false_type {};
template <class T>
struct IsStreamable<T, std::void_t<decltype(std::declval<std::ostream&>() << std::declval<T>())>> : std::true_type {};

}  // namespace

TEST_CASE("a secret has no way out but reveal") {
  static_assert(!IsStreamable<Secret>::value);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!std::is_convertible_v<Secret, std::string_view>);
  static_assert(!std::is_convertible_v<std::string, Secret>);
  CHECK(Secret("hunter2").reveal() == "hunter2");
  CHECK(Secret().empty());
}

TEST_CASE("a moved-from secret is empty, short or long") {
  for (const std::string& text : {std::string("short"), std::string(100, 'x')}) {
    Secret first{text};
    Secret second = std::move(first);
    CHECK(first.empty());
    CHECK(second.reveal() == text);
    Secret third("other");
    third = std::move(second);
    CHECK(second.empty());
    CHECK(third.reveal() == text);
  }
}

TEST_CASE("a copy is independent of its source") {
  Secret first("one");
  Secret second = first;
  Secret& same = second;
  second = same;
  CHECK(second.reveal() == "one");
  first = Secret("two");
  CHECK(second.reveal() == "one");
  second = first;
  CHECK(second.reveal() == "two");
}
