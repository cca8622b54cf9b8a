// Documents and widgets of a subscription (contracts/registry.md §8).
#include "registry/route_tables.h"

#include "base/text.h"
#include "knowledge/documents.h"
#include "knowledge/sources.h"
#include "net/http.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

constexpr std::size_t kUploadBytesMax = 51 * 1024 * 1024;

json::Object document_json(const knowledge::Document& document) {
  json::Value error(nullptr);
  if (!document.error_code.empty()) error = json::Object{{"code", document.error_code}, {"message", document.error_message}};
  return {{"id", document.id.text()},
          {"filename", document.filename},
          {"title", document.title},
          {"source", knowledge::wire_name(document.source)},
          {"source_id", document.source_id ? json::Value(document.source_id->text()) : json::Value(nullptr)},
          {"url", document.url},
          {"status", knowledge::wire_name(document.state)},
          {"language", document.language},
          {"chunks", document.chunks},
          {"size", document.size_bytes},
          {"error", std::move(error)},
          {"uploaded_at", rfc3339(document.uploaded_at)}};
}

KnowledgeBaseId base_of(store::Tx& tx, const AccessTarget& target) {
  return knowledge::base_of_subscription(target.scope, tx, target.subscription.id);
}

struct DocumentIn {
  std::optional<std::string> question;
  std::optional<std::string> answer;
  std::optional<std::string> language;
  std::optional<std::string> url;
  std::optional<std::int64_t> depth;
};
BOOST_DESCRIBE_STRUCT(DocumentIn, (), (question, answer, language, url, depth))

/// A page, or with a depth the pages it leads to, becomes a source; what is answered is the document of the page itself.
knowledge::Document add_page(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const DocumentIn& in) {
  knowledge::SourceSettings settings;
  settings.kind = in.depth ? knowledge::FetchedKind::sitemap : knowledge::FetchedKind::url;
  settings.url = *in.url;
  settings.depth = in.depth;
  const auto source = knowledge::create_source(scope, tx, base, settings);
  return knowledge::start_document(scope, tx, base, source.id).value();
}

void add_document(Call& call) {
  const std::string content_type(call.request().headers.get_or("content-type", ""));
  const auto add = [&](const auto& store_it) {
    const auto document = call.write([&](store::Tx& tx) {
      const auto target = access_target(call, tx);
      identity::require(target.scope, Right::configure_agents);
      return store_it(target.scope, tx, base_of(tx, target));
    });
    call.services().jobs.wake();
    call.answer(document_json(document));
  };
  if (ascii_lower(content_type).starts_with("multipart/form-data")) {
    const auto parts = net::parse_multipart(content_type, call.request().body);
    for (const auto& part : parts)
      if (part.name == "file")
        return add([&](const Scope& scope, store::Tx& tx, KnowledgeBaseId base) {
          return knowledge::add_document(
              scope, tx, base,
              {.filename = part.filename, .content = part.content, .source = knowledge::SourceKind::file, .url = {}});
        });
    throw invalid_field("file", "is required: a form part with a file");
  }
  const DocumentIn in = read_body<DocumentIn>(call);
  if (in.url && (in.question || in.answer)) throw invalid_field("url", "send a url, or a question with its answer, not both");
  if (in.url) return add([&](const Scope& scope, store::Tx& tx, KnowledgeBaseId base) { return add_page(scope, tx, base, in); });
  if (!in.question || !in.answer) throw invalid_field("question", "send a file, a url, or a question with its answer");
  add([&](const Scope& scope, store::Tx& tx, KnowledgeBaseId base) {
    return knowledge::add_question_answer(scope, tx, base,
                                          {.question = *in.question, .answer = *in.answer, .language = in.language.value_or("")});
  });
}

json::Object list_documents(Call& call) {
  const auto documents = call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    const auto base = knowledge::find_base_of_subscription(target.scope, tx, target.subscription.id);
    return base ? knowledge::list_documents(target.scope, tx, *base) : std::vector<knowledge::Document>{};
  });
  json::Array list;
  for (const auto& document : documents) list.push_back(document_json(document));
  return {{"documents", std::move(list)}, {"count", static_cast<std::int64_t>(documents.size())}};
}

DocumentId document_in_path(const Call& call) {
  const auto id = DocumentId::parse(call.path("document"));
  if (!id) throw not_found("document");
  return *id;
}

json::Object get_document(Call& call) {
  return document_json(call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    const auto base = knowledge::find_base_of_subscription(target.scope, tx, target.subscription.id);
    if (!base) throw not_found("document");
    return knowledge::get_document(target.scope, tx, *base, document_in_path(call));
  }));
}

void delete_document(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    identity::require(target.scope, Right::configure_agents);
    const auto base = knowledge::find_base_of_subscription(target.scope, tx, target.subscription.id);
    if (!base) throw not_found("document");
    knowledge::delete_document(target.scope, tx, *base, document_in_path(call));
  });
}

json::Object retrain(Call& call) {
  const std::int64_t count = call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    identity::require(target.scope, Right::configure_agents);
    const auto config = registry::agent_config(target.scope, tx, target.subscription.id);
    knowledge::BaseSettings settings;
    settings.chunk_size = json::integer_of(config, "rag_chunk_size").value_or(settings.chunk_size);
    settings.chunk_overlap = json::integer_of(config, "rag_chunk_overlap").value_or(settings.chunk_overlap);
    return knowledge::retrain(target.scope, tx, base_of(tx, target), settings);
  });
  call.services().jobs.wake();
  return {{"status", "queued"}, {"documents", count}};
}

struct WidgetIn {
  std::optional<std::string> name;
  std::optional<std::string> type;
  std::optional<std::string> position;
  std::optional<std::string> theme;
  std::optional<std::string> primary_color;
  std::optional<std::vector<std::string>> domains;
  std::optional<bool> is_active;
};
BOOST_DESCRIBE_STRUCT(WidgetIn, (), (name, type, position, theme, primary_color, domains, is_active))

void merge(registry::Widget& widget, const WidgetIn& in) {
  if (in.type && *in.type != "chat") throw invalid_field("type", "must be chat");
  if (in.name) widget.name = *in.name;
  if (in.position) widget.position = *in.position;
  if (in.theme) widget.theme = *in.theme;
  if (in.primary_color) widget.primary_color = *in.primary_color;
  if (in.domains) widget.domains = *in.domains;
  if (in.is_active) widget.is_active = *in.is_active;
}

json::Object create_widget(Call& call, const WidgetIn& in) {
  registry::Widget values;
  values.name = "Chat";
  merge(values, in);
  return widget_json(call, call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::create_widget(target.scope, tx, target.subscription.id, values);
  }));
}

registry::Widget widget_in_path(const Call& call, store::Tx& tx, const AccessTarget& target) {
  for (auto& widget : registry::list_widgets(target.scope, tx, target.subscription.id))
    if (widget.public_id == call.path("widget") || widget.id.text() == call.path("widget")) return widget;
  throw not_found("widget");
}

json::Object patch_widget(Call& call, const WidgetIn& in) {
  return widget_json(call, call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    auto widget = widget_in_path(call, tx, target);
    merge(widget, in);
    return registry::update_widget(target.scope, tx, widget);
  }));
}

void delete_widget(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    registry::delete_widget(target.scope, tx, widget_in_path(call, tx, target).id);
  });
}

json::Object list_widgets(Call& call) {
  const auto widgets = call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::list_widgets(target.scope, tx, target.subscription.id);
  });
  json::Array results;
  for (const auto& widget : widgets) results.push_back(widget_json(call, widget));
  return {{"count", static_cast<std::int64_t>(widgets.size())},
          {"next", nullptr},
          {"previous", nullptr},
          {"results", std::move(results)}};
}

Route training_row(Right right, int success = 200) {
  Route result;
  result.right = right;
  result.status = success;
  return result;
}

}  // namespace

RouteTable training_routes() {
  const std::string access = "/api/v1/access/{access}";
  Route upload = training_row(Right::configure_agents, 202);
  upload.body_max_bytes = kUploadBytesMax;
  return {
      get(access + "/documents", "Documents the agent answers from", kAccountOrKey, list_documents,
          training_row(Right::read_subscriptions)),
      post(access + "/documents", "Add a document (multipart `file`), a page by its url, or a question with its answer",
           kAccountOrKey, add_document, upload),
      get(access + "/documents/{document}", "One document and how far it is", kAccountOrKey, get_document,
          training_row(Right::read_subscriptions)),
      remove(access + "/documents/{document}", "Delete a document; its text is unreachable at once", kAccountOrKey,
             delete_document, training_row(Right::configure_agents, 204)),
      post(access + "/retrain", "Index every document again", kAccountOrKey, retrain, training_row(Right::configure_agents, 202)),
      get(access + "/widgets", "Widgets of a subscription", kAccountOrKey, list_widgets, training_row(Right::read_subscriptions)),
      post(access + "/widgets", "Create a widget for the domains it may stand on", kAccountOrKey, create_widget,
           training_row(Right::configure_agents, 201)),
      patch(access + "/widgets/{widget}", "Change a widget", kAccountOrKey, patch_widget, training_row(Right::configure_agents)),
      remove(access + "/widgets/{widget}", "Delete a widget", kAccountOrKey, delete_widget,
             training_row(Right::configure_agents, 204))};
}

}  // namespace guildhall::api::registry_dialect
