// Documents: what a customer teaches its agent, and what a provider's agent brings along (contracts/registry.md §8,
// contracts/support-partner.md §2.1).
#include "knowledge/documents.h"

#include "base/text.h"
#include "edge/entity_tag.h"
#include "knowledge/sources.h"
#include "net/http.h"
#include "registry/knowledge_target.h"
#include "registry/route_tables.h"
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

/// A document is replaced, never changed; what it has become is a matter of its indexing, not of its tag.
std::string document_tag(const knowledge::Document& document) {
  return entity_tag({{"id", document.id.text()}, {"size", document.size_bytes}, {"uploaded_at", rfc3339(document.uploaded_at)}});
}

json::Object tagged_document(Call& call, const knowledge::Document& document) {
  call.set_header("ETag", document_tag(document));
  return document_json(document);
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
      const auto target = knowledge_target(call, tx, Access::change);
      return store_it(target.scope, tx, target.make(tx));
    });
    call.services().jobs.wake();
    call.answer(tagged_document(call, document));
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
    const auto target = knowledge_target(call, tx, Access::read);
    const auto base = target.find(tx);
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
  return tagged_document(call, call.read([&](store::Tx& tx) {
    const auto target = knowledge_target(call, tx, Access::read);
    const auto base = target.find(tx);
    if (!base) throw not_found("document");
    return knowledge::get_document(target.scope, tx, *base, document_in_path(call));
  }));
}

void delete_document(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = knowledge_target(call, tx, Access::change);
    const auto base = target.find(tx);
    if (!base) throw not_found("document");
    const auto document = knowledge::get_document(target.scope, tx, *base, document_in_path(call));
    require_match(call, document_tag(document));
    knowledge::delete_document(target.scope, tx, *base, document.id);
  });
}

}  // namespace

RouteTable document_routes() {
  RouteTable table;
  for (const KnowledgePlace& place : kKnowledgePlaces) {
    const std::string documents = std::string(place.prefix) + "/documents";
    Route upload = knowledge_row(place.change, 202);
    upload.body_max_bytes = kUploadBytesMax;
    table.push_back(get(documents, "Documents the agent answers from", kAccountOrKey, list_documents, knowledge_row(place.read)));
    table.push_back(post(documents, "Add a document (multipart `file`), a page by its url, or a question with its answer",
                         kAccountOrKey, add_document, upload));
    table.push_back(
        get(documents + "/{document}", "One document and how far it is", kAccountOrKey, get_document, knowledge_row(place.read)));
    table.push_back(remove(documents + "/{document}", "Delete a document; its text is unreachable at once", kAccountOrKey,
                           delete_document, knowledge_row(place.change, 204)));
  }
  return table;
}

}  // namespace guildhall::api::registry_dialect
