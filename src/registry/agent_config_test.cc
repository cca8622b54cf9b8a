// The configuration of a subscription's agent, and its widgets.
#include <doctest/doctest.h>

#include "support/databases.h"
#include "test_world.h"

namespace guildhall::registry {
namespace {

using test::World;

template <class Body>
void with_customer(Body&& body) {
  guildhall::test::for_each_database([&](store::Database& database, ManualClock&) {
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    database.write([&](store::Tx& tx) {
      const World world = test::make_world(tx);
      const Agent agent = test::published_agent(world, tx);
      body(world, tx, agent, test::order(world, tx, agent));
    });
  });
}

json::Object object(std::string_view text) {
  return json::parse_or_refuse(text).as_object();
}

TEST_CASE("what the customer sets lies over the provider's defaults, which lie over ours") {
  with_customer([](const World& world, store::Tx& tx, const Agent& agent, SubscriptionId subscription) {
    json::Object config = agent_config(world.buying, tx, subscription);
    CHECK(config.at("rag_chunk_size") == 512);
    CHECK(config.at("rag_chunk_overlap") == 50);
    CHECK(config.at("share_with_provider") == false);
    CHECK(config.at("temperature") == 0.7);
    CHECK(!config.contains("model"));
    CHECK(json::text_of(config.at("persona"), "tone") == "professional");
    CHECK(json::text_of(config.at("persona"), "agent_name") == "My Agent");

    update_agent_config(world.buying, tx, subscription, object(R"({"persona":{"agent_name":"Ada","tone":"friendly"}})"));
    config = update_agent_config(
        world.buying, tx, subscription,
        object(R"({"persona":{"primary_color":"#AABBCC"},"temperature":1,"allowed_domains":["Shop.Example"]})"));
    CHECK(json::text_of(config.at("persona"), "agent_name") == "Ada");
    CHECK(json::text_of(config.at("persona"), "tone") == "friendly");
    CHECK(json::text_of(config.at("persona"), "primary_color") == "#aabbcc");
    CHECK(config.at("temperature") == 1);
    CHECK(config.at("allowed_domains").as_array().at(0) == "shop.example");
    CHECK(agent_config(world.buying, tx, subscription) == config);

    config = update_agent_config(world.buying, tx, subscription, object(R"({"temperature":null,"persona":{"tone":null}})"));
    CHECK(config.at("temperature") == 0.7);
    CHECK(json::text_of(config.at("persona"), "tone") == "professional");
    CHECK(json::text_of(config.at("persona"), "agent_name") == "Ada");

    update_agent_defaults(world.selling, tx, agent.id, object(R"({"temperature":0.2,"strict_mode":false})"));
    config = agent_config(world.buying, tx, subscription);
    CHECK(config.at("temperature") == 0.2);
    CHECK(config.at("strict_mode") == false);
    CHECK(test::names_field(
        test::refusal_of([&] { update_agent_defaults(world.selling, tx, agent.id, object(R"({"colour":"red"})")); }), "colour"));
  });
}

TEST_CASE("a configuration is somebody's own and needs the right to change it") {
  with_customer([](const World& world, store::Tx& tx, const Agent&, SubscriptionId subscription) {
    CHECK(test::refusal_of([&] { agent_config(world.selling, tx, subscription); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { update_agent_config(world.selling, tx, subscription, {}); }).code == Code::not_found);
    Scope reader = world.buying;
    reader.rights = {Right::read_subscriptions};
    agent_config(reader, tx, subscription);
    CHECK(test::refusal_of([&] { update_agent_config(reader, tx, subscription, {}); }).code == Code::permission_denied);
    reader.rights = {};
    CHECK(test::refusal_of([&] { agent_config(reader, tx, subscription); }).code == Code::permission_denied);
    reader = world.buying;
    reader.subscription = SubscriptionId::random();
    CHECK(test::refusal_of([&] { agent_config(reader, tx, subscription); }).code == Code::wrong_agent);
    reader = world.buying;
    reader.project = ProjectId::random();
    CHECK(test::refusal_of([&] { agent_config(reader, tx, subscription); }).code == Code::not_found);
  });
}

TEST_CASE("a system prompt of one's own is a feature of the plan") {
  with_customer([](const World& world, store::Tx& tx, const Agent& agent, SubscriptionId subscription) {
    const json::Object changes = object(R"({"system_prompt_override":"Be brief."})");
    CHECK(test::names_field(test::refusal_of([&] { update_agent_config(world.buying, tx, subscription, changes); }),
                            "system_prompt_override"));
    market::Plan plan = test::plan_of("Professional", 9900, 10'000);
    plan.terms.features = {"system_prompt_override"};
    add_agent_plan(world.selling, tx, agent.id, plan);
    const SubscriptionId better = test::order(world, tx, agent, "Professional");
    CHECK(update_agent_config(world.buying, tx, better, changes).at("system_prompt_override") == "Be brief.");
  });
}

struct BadConfig {
  const char* field;
  std::string changes;
};

const std::vector<BadConfig>& bad_configs() {
  static const std::vector<BadConfig> rows{
      {"colour", R"({"colour":"red"})"},
      {"persona", R"({"persona":"Ada"})"},
      {"persona.name", R"({"persona":{"name":"Ada"}})"},
      {"persona.agent_name", R"({"persona":{"agent_name":7}})"},
      {"persona.agent_name", R"({"persona":{"agent_name":")" + std::string(121, 'x') + "\"}}"},
      {"persona.greeting_message", R"({"persona":{"greeting_message":")" + std::string(2001, 'x') + "\"}}"},
      {"persona.tone", R"({"persona":{"tone":"rude"}})"},
      {"persona.avatar_type", R"({"persona":{"avatar_type":"emoji"}})"},
      {"persona.avatar_url", R"({"persona":{"avatar_url":"http://x.example/a.png"}})"},
      {"persona.avatar_url", R"({"persona":{"avatar_url":"javascript:alert"}})"},
      {"persona.avatar_url", R"({"persona":{"avatar_url":"https:///x"}})"},
      {"persona.avatar_url", R"({"persona":{"avatar_url":"https://x.example/\"onload=1"}})"},
      {"persona.primary_color", R"({"persona":{"primary_color":"red"}})"},
      {"persona.primary_color", R"({"persona":{"primary_color":"#12345"}})"},
      {"persona.primary_color", R"({"persona":{"primary_color":"#12345g"}})"},
      {"persona.language", R"({"persona":{"language":"english!"}})"},
      {"persona.language", R"({"persona":{"language":"e"}})"},
      {"persona.language", R"({"persona":{"language":"en-"}})"},
      {"widget_enabled", R"({"widget_enabled":"yes"})"},
      {"widget_enabled", R"({"widget_enabled":1})"},
      {"widget_position", R"({"widget_position":"top"})"},
      {"widget_theme", R"({"widget_theme":"blue"})"},
      {"widget_avatar_url", R"({"widget_avatar_url":"//x.example"})"},
      {"branding_name", R"({"branding_name":")" + std::string(151, 'x') + "\"}"},
      {"branding_logo_url", R"({"branding_logo_url":"data:image/png;base64,AA"})"},
      {"branding_tagline", R"({"branding_tagline":[]})"},
      {"rag_enabled", R"({"rag_enabled":{}})"},
      {"rag_sources", R"({"rag_sources":"a"})"},
      {"rag_sources", R"({"rag_sources":[1]})"},
      {"rag_chunk_size", R"({"rag_chunk_size":255})"},
      {"rag_chunk_size", R"({"rag_chunk_size":2049})"},
      {"rag_chunk_size", R"({"rag_chunk_size":512.5})"},
      {"rag_chunk_size", R"({"rag_chunk_size":"512"})"},
      {"rag_chunk_overlap", R"({"rag_chunk_overlap":-1})"},
      {"rag_chunk_overlap", R"({"rag_chunk_overlap":201})"},
      {"rag_chunk_overlap", R"({"rag_chunk_size":256,"rag_chunk_overlap":128})"},
      {"strict_mode", R"({"strict_mode":"on"})"},
      {"confidence_threshold", R"({"confidence_threshold":-0.01})"},
      {"confidence_threshold", R"({"confidence_threshold":1.01})"},
      {"confidence_threshold", R"({"confidence_threshold":"0.5"})"},
      {"fallback", R"({"fallback":"guess"})"},
      {"fallback", R"({"fallback":true})"},
      {"fallback", R"({"fallback":"general"})"},
      {"fallback", R"({"fallback":"general","strict_mode":true})"},
      {"allowed_topics", R"({"allowed_topics":"returns"})"},
      {"allowed_topics", R"({"allowed_topics":[7]})"},
      {"allowed_topics", R"({"allowed_topics":[" "]})"},
      {"allowed_topics", R"({"allowed_topics":[")" + std::string(101, 'x') + "\"]}"},
      {"allowed_topics", R"({"allowed_topics":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17","18",)"
                         R"("19","20","21"]})"},
      {"training_examples", R"({"training_examples":{}})"},
      {"training_examples", R"({"training_examples":[1]})"},
      {"context_variables", R"({"context_variables":[]})"},
      {"context_variables", R"({"context_variables":{"x":")" + std::string(65'536, 'x') + "\"}}"},
      {"temperature", R"({"temperature":-0.1})"},
      {"temperature", R"({"temperature":2.01})"},
      {"temperature", R"({"temperature":"0.5"})"},
      {"max_tokens", R"({"max_tokens":0})"},
      {"max_tokens", R"({"max_tokens":128001})"},
      {"allowed_domains", R"({"allowed_domains":"x.example"})"},
      {"allowed_domains", R"({"allowed_domains":["https://x.example"]})"},
      {"allowed_domains", R"({"allowed_domains":[7]})"},
      {"share_with_provider", R"({"share_with_provider":"true"})"},
      {"last_rag_sync_at", R"({"last_rag_sync_at":"2026-01-01T00:00:00Z"})"},
  };
  return rows;
}

TEST_CASE("every field is refused by its name when it is unknown, of another type or out of range") {
  with_customer([](const World& world, store::Tx& tx, const Agent&, SubscriptionId subscription) {
    const json::Object before = agent_config(world.buying, tx, subscription);
    for (const BadConfig& row : bad_configs()) {
      CAPTURE(row.changes.substr(0, 80));
      const Refusal refusal = test::refusal_of([&] { update_agent_config(world.buying, tx, subscription, object(row.changes)); });
      CHECK(refusal.code == Code::validation_failed);
      CHECK(test::names_field(refusal, row.field));
    }
    CHECK(agent_config(world.buying, tx, subscription) == before);
    for (const char* fits :
         {R"({"rag_chunk_size":256,"rag_chunk_overlap":127})", R"({"rag_chunk_size":2048,"rag_chunk_overlap":200})",
          R"({"temperature":0})", R"({"temperature":2})", R"({"confidence_threshold":0})", R"({"confidence_threshold":1})",
          R"({"fallback":"general","strict_mode":false})", R"({"fallback":"escalate","strict_mode":true})",
          R"({"allowed_topics":["Returns","退货"]})", R"({"max_tokens":1})", R"({"last_rag_sync_at":null})",
          R"({"persona":{"language":"zh-Hans"}})"}) {
      CAPTURE(fits);
      update_agent_config(world.buying, tx, subscription, object(fits));
    }
    const Refusal both = test::refusal_of([&] {
      update_agent_config(world.buying, tx, subscription, object(R"({"temperature":9,"persona":{"tone":"rude"},"x":1})"));
    });
    CHECK(both.fields.size() == 3);
  });
}

Widget widget_for(std::vector<std::string> domains) {
  Widget widget;
  widget.name = "Shop";
  widget.domains = std::move(domains);
  return widget;
}

TEST_CASE("a widget has a public id and key, and stands where its domains say") {
  with_customer([](const World& world, store::Tx& tx, const Agent&, SubscriptionId subscription) {
    Widget widget =
        create_widget(world.buying, tx, subscription, widget_for({"Bücher.example", "*.shop.example", "localhost", "localhost"}));
    CHECK(widget.public_id.starts_with("wgt_"));
    CHECK(widget.public_id.size() == 26);
    CHECK(widget.key.starts_with("pk_"));
    CHECK(widget.key.size() == 35);
    CHECK(widget.domains == std::vector<std::string>{"xn--bcher-kva.example", "*.shop.example", "localhost"});
    CHECK(widget_by_key(tx, widget.key)->id == widget.id);
    CHECK(widget_by_key(tx, widget.public_id)->id == widget.id);
    CHECK(!widget_by_key(tx, "pk_unknown"));
    CHECK(!widget_by_key(tx, widget.id.text()));
    widget.domains = {"example.com"};
    widget.key = "pk_mine";
    widget.name = "Site";
    const Widget updated = update_widget(world.buying, tx, widget);
    CHECK(updated.name == "Site");
    CHECK(updated.key != "pk_mine");
    CHECK(list_widgets(world.buying, tx, subscription).size() == 1);
    CHECK(test::refusal_of([&] { get_widget(world.selling, tx, widget.id); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { delete_widget(world.selling, tx, widget.id); }).code == Code::not_found);
    widget.is_active = false;
    update_widget(world.buying, tx, widget);
    CHECK(!widget_by_key(tx, updated.key));
    delete_widget(world.buying, tx, widget.id);
    CHECK(test::refusal_of([&] { get_widget(world.buying, tx, widget.id); }).code == Code::not_found);
  });
}

TEST_CASE("a widget that is not valid is refused by the name of its field") {
  struct Row {
    const char* field;
    std::function<void(Widget&)> spoil;
  };
  const std::vector<Row> rows{
      {"name", [](Widget& w) { w.name.clear(); }},
      {"name", [](Widget& w) { w.name = std::string(121, 'x'); }},
      {"position", [](Widget& w) { w.position = "top-left"; }},
      {"theme", [](Widget& w) { w.theme = "sepia"; }},
      {"primary_color", [](Widget& w) { w.primary_color = "blue"; }},
      {"domains", [](Widget& w) { w.domains.clear(); }},
      {"domains", [](Widget& w) { w.domains = std::vector<std::string>(51, "x.example"); }},
      {"domains[0]", [](Widget& w) { w.domains = {""}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"*"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"*.com"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"https://example.com"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"example.com/path"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"example.com."}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"exa mple.com"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"a@example.com"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"example.com:0"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"example.com:99999"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"a.*.example.com"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"-a.example"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {"999.0.0.1"}; }},
      {"domains[0]", [](Widget& w) { w.domains = {std::string(64, 'a') + ".example"}; }},
      {"domains[1]", [](Widget& w) { w.domains = {"example.com", "\xff.example"}; }},
  };
  with_customer([&](const World& world, store::Tx& tx, const Agent&, SubscriptionId subscription) {
    for (const Row& row : rows) {
      CAPTURE(row.field);
      Widget widget = widget_for({"example.com"});
      row.spoil(widget);
      const Refusal refusal = test::refusal_of([&] { create_widget(world.buying, tx, subscription, widget); });
      CHECK(refusal.code == Code::validation_failed);
      CHECK(test::names_field(refusal, row.field));
    }
    CHECK(list_widgets(world.buying, tx, subscription).empty());
  });
}

}  // namespace
}  // namespace guildhall::registry
