// What of a configuration a run obeys when it answers.
#include "answer_settings.h"

#include <doctest/doctest.h>

namespace guildhall::gateway {
namespace {

json::Object config(const char* text) {
  return json::parse_or_refuse(text).get_object();
}

}  // namespace

TEST_CASE("a configuration without a word about answers is the default") {
  const models::AnswererSettings settings = answer_settings({});
  CHECK(settings.is_strict);
  CHECK(settings.confidence_threshold == 0.5);
  CHECK(settings.fallback == models::Fallback::refuse);
  CHECK(settings.allowed_topics.empty());
  CHECK(uses_documents({}));
}

TEST_CASE("every setting of answers reaches the run") {
  const models::AnswererSettings settings = answer_settings(
      config(R"({"strict_mode":false,"confidence_threshold":1,"fallback":"general","allowed_topics":["Returns","退货"]})"));
  CHECK_FALSE(settings.is_strict);
  CHECK(settings.confidence_threshold == 1);
  CHECK(settings.fallback == models::Fallback::general);
  CHECK(settings.allowed_topics == std::vector<std::string>{"Returns", "退货"});
  CHECK(answer_settings(config(R"({"fallback":"escalate"})")).fallback == models::Fallback::escalate);
  CHECK_FALSE(uses_documents(config(R"({"rag_enabled":false})")));
}

TEST_CASE("what an agent's own configuration uses these names for otherwise is passed over") {
  const models::AnswererSettings settings =
      answer_settings(config(R"({"strict_mode":"no","confidence_threshold":"high","fallback":7,"allowed_topics":"all"})"));
  CHECK(settings.is_strict);
  CHECK(settings.confidence_threshold == 0.5);
  CHECK(settings.fallback == models::Fallback::refuse);
  CHECK(settings.allowed_topics.empty());
}

}  // namespace guildhall::gateway
