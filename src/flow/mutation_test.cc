// Sample flows with members spoilt at random are read or refused, and what is read can be reported and selected.
#include <random>

#include "flow/graph.h"
#include "test_flows.h"

namespace guildhall::flow {
namespace {

json::Value random_value(std::mt19937& random) {
  switch (random() % 9) {
    case 0: return nullptr;
    case 1: return true;
    case 2: return 7;
    case 3: return "œ{|}";
    case 4: return "ChatInput";
    case 5: return json::Array();
    case 6: return json::Object();
    case 7: return json::Array{json::Object{{"id", "x"}}, "y", nullptr};
    default:
      return json::Object{{"data", {{"nodes", json::Array()}, {"edges", json::Array()}}},
                          {"proxy", {{"id", "x"}, {"field", "y"}}}};
  }
}

// Walks down a random path and spoils what it meets at the end of it.
void spoil_somewhere(json::Value& value, std::mt19937& random) {
  json::Value* at = &value;
  for (std::size_t depth = random() % 9; depth > 0; --depth) {
    if (at->is_object() && !at->get_object().empty()) {
      at = &(at->get_object().begin() + static_cast<std::ptrdiff_t>(random() % at->get_object().size()))->value();
    } else if (at->is_array() && !at->get_array().empty()) {
      at = &at->get_array()[random() % at->get_array().size()];
    }
  }
  if (at->is_object() && !at->get_object().empty() && random() % 3 == 0) {
    at->get_object().erase(at->get_object().begin() + static_cast<std::ptrdiff_t>(random() % at->get_object().size()));
  } else if (at->is_array() && !at->get_array().empty() && random() % 3 == 0) {
    json::Value copy = at->get_array()[0];
    at->get_array().push_back(std::move(copy));
  } else {
    *at = random_value(random);
  }
}

bool is_expected(Code code) {
  return code == Code::validation_failed || code == Code::invalid_request || code == Code::invalid_graph ||
         code == Code::tweak_not_allowed;
}

}  // namespace

TEST_CASE("property: a spoilt flow is read or refused with a code for it, never more") {
  const std::uint32_t seed = 4'711;
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::size_t read = 0;
  for (const std::string_view file : {"passthrough", "support-agent", "vector-search"}) {
    const json::Value sound = test::flow_in(test::source_folder() / "examples" / "flows" / (std::string(file) + ".json"));
    for (int round = 0; round < 400; ++round) {
      CAPTURE(round);
      json::Value spoilt = sound;
      for (std::size_t i = 1 + random() % 4; i > 0; --i) spoil_somewhere(spoilt, random);
      try {
        Document document = parse_document(spoilt);
        const Report report = report_on(document, test::catalogue_of_everything(), {});
        CHECK(report.nodes.size() == document.nodes.size());
        apply_tweaks(document, {{"input_value", random_value(random)}, {"path", random_value(random)}}, {});
        apply_variables(document, nullptr);
        apply_input(document, {.input_value = "x", .session_id = "s"});
        const Graph graph = select(document);
        CHECK(graph.vertices.size() <= document.nodes.size());
        ++read;
      } catch (const Refusal& refusal) {
        CAPTURE(refusal.message);
        CHECK(is_expected(refusal.code));
      }
    }
  }
  CHECK(read > 100);
}

}  // namespace guildhall::flow
