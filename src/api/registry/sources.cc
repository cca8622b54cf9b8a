// Sources of the knowledge of a subscription or a provider's agent (contracts/support-partner.md §2.1, §2.2, `sources/`).
#include "knowledge/sources.h"

#include "base/text.h"
#include "crawler/crawl.h"
#include "edge/entity_tag.h"
#include "knowledge/preview.h"
#include "registry/knowledge_target.h"
#include "registry/route_tables.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

struct SourceIn {
  std::optional<std::string> kind;
  std::optional<std::string> name;
  std::optional<std::string> url;
  std::optional<std::int64_t> depth;
  std::optional<std::vector<std::string>> include;
  std::optional<std::vector<std::string>> exclude;
  std::optional<std::string> sync_frequency;
  std::optional<std::int64_t> rag_chunk_size;
  std::optional<std::int64_t> rag_chunk_overlap;
};
BOOST_DESCRIBE_STRUCT(SourceIn, (), (kind, name, url, depth, include, exclude, sync_frequency, rag_chunk_size, rag_chunk_overlap))

struct SourceSyncIn {
  std::optional<bool> confirm_removal;
};
BOOST_DESCRIBE_STRUCT(SourceSyncIn, (), (confirm_removal))

struct PreviewIn {
  std::optional<std::string> url;
  std::optional<std::int64_t> rag_chunk_size;
  std::optional<std::int64_t> rag_chunk_overlap;
};
BOOST_DESCRIBE_STRUCT(PreviewIn, (), (url, rag_chunk_size, rag_chunk_overlap))

json::Object counts_json(const knowledge::SyncCounts& counts) {
  return {{"queued", counts.queued},   {"added", counts.added},     {"changed", counts.changed}, {"unchanged", counts.unchanged},
          {"missing", counts.missing}, {"removed", counts.removed}, {"failed", counts.failed},   {"skipped", counts.skipped}};
}

json::Value error_json(const std::string& code, const std::string& message) {
  if (code.empty()) return nullptr;
  return json::Object{{"code", code}, {"message", message}};
}

json::Object source_json(const knowledge::Source& source) {
  const auto& settings = source.settings;
  const auto& documents = source.documents;
  const auto number = [](bool has, std::int64_t value) { return has ? json::Value(value) : json::Value(nullptr); };
  return {{"id", source.id.text()},
          {"kind", knowledge::wire_name(settings.kind)},
          {"name", settings.name},
          {"url", settings.url},
          {"depth", number(settings.depth.has_value(), settings.depth.value_or(0))},
          {"include", strings(settings.include)},
          {"exclude", strings(settings.exclude)},
          {"sync_frequency", knowledge::wire_name(settings.frequency)},
          {"rag_chunk_size", number(settings.chunks.has_value(), settings.chunks ? settings.chunks->chunk_size : 0)},
          {"rag_chunk_overlap", number(settings.chunks.has_value(), settings.chunks ? settings.chunks->chunk_overlap : 0)},
          {"status", knowledge::wire_name(source.state)},
          {"error", error_json(source.error_code, source.error_message)},
          {"progress", counts_json(source.progress)},
          {"documents", json::Object{{"pending", documents.pending},
                                     {"processing", documents.processing},
                                     {"indexed", documents.indexed},
                                     {"failed", documents.failed},
                                     {"total", documents.pending + documents.processing + documents.indexed + documents.failed}}},
          {"last_synced_at", optional_time(source.last_synced_at)},
          {"next_sync_at", optional_time(source.next_sync_at)},
          {"stale", source.is_stale},
          {"created_at", rfc3339(source.created_at)}};
}

std::string source_tag(const knowledge::Source& source) {
  const json::Object all = source_json(source);
  json::Object own;
  for (const char* member :
       {"id", "name", "depth", "include", "exclude", "sync_frequency", "rag_chunk_size", "rag_chunk_overlap"})
    own[member] = all.at(member);
  return entity_tag(own);
}

json::Object tagged_source(Call& call, const knowledge::Source& source) {
  call.set_header("ETag", source_tag(source));
  return source_json(source);
}

json::Object report_json(const knowledge::SyncReport& report) {
  json::Object body{{"number", report.number},
                    {"state", knowledge::wire_name(report.state)},
                    {"counts", counts_json(report.counts)},
                    {"truncated", report.is_truncated},
                    {"error", error_json(report.error_code, report.error_message)},
                    {"started_at", rfc3339(report.started_at)},
                    {"finished_at", optional_time(report.finished_at)}};
  for (const char* outcome : {"added", "changed", "missing", "removed", "failed", "skipped"}) body[outcome] = json::Array{};
  for (const auto& entry : report.entries) {
    json::Array& list = body[entry.outcome].as_array();
    if (entry.outcome == "added" || entry.outcome == "changed" || entry.outcome == "removed") {
      list.emplace_back(entry.url);
    } else {
      list.push_back(
          json::Object{{"url", entry.url}, {"reason", entry.reason}, {"message", knowledge::advice_for(entry.reason)}});
    }
  }
  return body;
}

json::Object preview_json(const knowledge::DocumentPreview& preview) {
  json::Array chunks;
  for (const auto& chunk : preview.chunks)
    chunks.push_back(json::Object{{"text", chunk.text},
                                  {"heading_path", strings(chunk.heading_path)},
                                  {"anchor", chunk.anchor},
                                  {"language", chunk.language},
                                  {"tokens", chunk.tokens},
                                  {"char_begin", chunk.char_begin},
                                  {"char_end", chunk.char_end}});
  return {{"url", preview.url},
          {"filename", preview.filename},
          {"title", preview.title},
          {"content_type", preview.content_type},
          {"language", preview.language},
          {"rag_chunk_size", preview.settings.chunk_size},
          {"rag_chunk_overlap", preview.settings.chunk_overlap},
          {"count", preview.chunk_count},
          {"chunks", std::move(chunks)}};
}

knowledge::SyncFrequency frequency_of(const std::string& text) {
  for (const auto frequency : {knowledge::SyncFrequency::manual, knowledge::SyncFrequency::hourly,
                               knowledge::SyncFrequency::daily, knowledge::SyncFrequency::weekly})
    if (knowledge::wire_name(frequency) == text) return frequency;
  throw invalid_field("sync_frequency", "must be manual, hourly, daily or weekly");
}

knowledge::FetchedKind kind_of(const SourceIn& in) {
  if (!in.kind) return in.depth ? knowledge::FetchedKind::sitemap : knowledge::FetchedKind::url;
  if (*in.kind == "url") return knowledge::FetchedKind::url;
  if (*in.kind == "sitemap") return knowledge::FetchedKind::sitemap;
  if (*in.kind == "file") throw invalid_field("kind", "files are uploaded to documents/");
  if (*in.kind == "qa") throw invalid_field("kind", "questions with their answers are added to qa/");
  throw invalid_field("kind", "must be url or sitemap");
}

std::optional<knowledge::BaseSettings> chunks_of(std::optional<knowledge::BaseSettings> chunks,
                                                 const std::optional<std::int64_t>& size,
                                                 const std::optional<std::int64_t>& overlap) {
  if (!size && !overlap) return chunks;
  if (!chunks) chunks.emplace();
  if (size) chunks->chunk_size = *size;
  if (overlap) chunks->chunk_overlap = *overlap;
  return chunks;
}

knowledge::SourceSettings merged_settings(knowledge::SourceSettings settings, const SourceIn& in) {
  if (in.name) settings.name = *in.name;
  if (in.depth) settings.depth = in.depth;
  if (in.include) settings.include = *in.include;
  if (in.exclude) settings.exclude = *in.exclude;
  if (in.sync_frequency) settings.frequency = frequency_of(*in.sync_frequency);
  settings.chunks = chunks_of(settings.chunks, in.rag_chunk_size, in.rag_chunk_overlap);
  return settings;
}

struct SourceTarget {
  Scope scope;
  KnowledgeBaseId base;
  KnowledgeSourceId source;
};

SourceTarget source_target(Call& call, store::Tx& tx, Access access) {
  const auto target = knowledge_target(call, tx, access);
  const auto base = target.find(tx);
  const auto id = KnowledgeSourceId::parse(call.path("source"));
  if (!base || !id) throw not_found("source");
  return {target.scope, *base, *id};
}

json::Object list_sources(Call& call) {
  const Paging paging = paging_of(call);
  return call.read([&](store::Tx& tx) {
    const auto target = knowledge_target(call, tx, Access::read);
    const auto base = target.find(tx);
    const auto sources = base ? knowledge::list_sources(target.scope, tx, *base) : std::vector<knowledge::Source>{};
    json::Array results;
    for (std::size_t i = paging.offset(); i < std::min(sources.size(), paging.offset() + paging.size); ++i)
      results.push_back(source_json(sources[i]));
    return list_of(call, paging, static_cast<std::int64_t>(sources.size()), std::move(results));
  });
}

json::Object create_source(Call& call, const SourceIn& in) {
  if (!in.url) throw invalid_field("url", "is required");
  knowledge::SourceSettings settings;
  settings.kind = kind_of(in);
  settings.url = *in.url;
  settings = merged_settings(std::move(settings), in);
  const auto source = call.write([&](store::Tx& tx) {
    const auto target = knowledge_target(call, tx, Access::change);
    return knowledge::create_source(target.scope, tx, target.make(tx), settings);
  });
  call.services().jobs.wake();
  return tagged_source(call, source);
}

json::Object get_source(Call& call) {
  return tagged_source(call, call.read([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Access::read);
    return knowledge::get_source(target.scope, tx, target.base, target.source);
  }));
}

json::Object patch_source(Call& call, const SourceIn& in) {
  const auto source = call.write([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Access::change);
    const auto stored = knowledge::get_source(target.scope, tx, target.base, target.source);
    require_match(call, source_tag(stored));
    const auto& before = stored.settings;
    if (in.url && *in.url != before.url) throw invalid_field("url", "cannot change; delete the source and add another");
    if (in.kind && *in.kind != knowledge::wire_name(before.kind))
      throw invalid_field("kind", "cannot change; delete the source and add another");
    return knowledge::update_source(target.scope, tx, target.base, target.source, merged_settings(before, in));
  });
  call.services().jobs.wake();
  return tagged_source(call, source);
}

void delete_source(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Access::change);
    require_match(call, source_tag(knowledge::get_source(target.scope, tx, target.base, target.source)));
    knowledge::delete_source(target.scope, tx, target.base, target.source);
  });
}

json::Object sync_source(Call& call, const SourceSyncIn& in) {
  const auto source = call.write([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Access::change);
    return knowledge::request_sync(target.scope, tx, target.base, target.source, in.confirm_removal.value_or(false));
  });
  call.services().jobs.wake();
  return tagged_source(call, source);
}

json::Object source_report(Call& call) {
  std::optional<std::int64_t> number;
  if (!call.query("number").empty()) number = call.query_integer("number", 1, 1, 1'000'000'000);
  return report_json(call.read([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Access::read);
    return knowledge::sync_report(target.scope, tx, target.base, target.source, number);
  }));
}

/// A page that was fetched is shown as it is stored; any other is fetched for the look alone.
json::Object preview_of(Call& call, const PreviewIn& in) {
  struct Wanted {
    SourceTarget target;
    std::string url;
    knowledge::BaseSettings settings;
  };
  const auto wanted = call.read([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Access::change);
    const auto own = knowledge::get_source(target.scope, tx, target.base, target.source).settings;
    const auto usual = own.chunks.value_or(knowledge::settings_of_base(target.scope, tx, target.base));
    return Wanted{target, in.url.value_or(own.url), chunks_of(usual, in.rag_chunk_size, in.rag_chunk_overlap).value()};
  });
  auto& services = call.services();
  const auto& target = wanted.target;
  if (const auto stored = knowledge::preview_stored_page(target.scope, services.database, services.extractor, target.base,
                                                         target.source, wanted.url, wanted.settings))
    return preview_json(*stored);
  return preview_json(crawler::preview_page({services.database, services.client, services.extractor, services.crawler_agent},
                                            wanted.url, wanted.settings));
}

json::Object preview_source(Call& call, const PreviewIn& in) {
  return preview_of(call, in);
}

json::Object get_preview(Call& call) {
  PreviewIn in;
  if (!call.query("url").empty()) in.url = call.query("url");
  if (!call.query("rag_chunk_size").empty()) in.rag_chunk_size = call.query_integer("rag_chunk_size", 512, 256, 2048);
  if (!call.query("rag_chunk_overlap").empty()) in.rag_chunk_overlap = call.query_integer("rag_chunk_overlap", 50, 0, 200);
  return preview_of(call, in);
}

void add_source_routes(RouteTable& table, const KnowledgePlace& place) {
  const std::string sources = std::string(place.prefix) + "/sources";
  const std::string one = sources + "/{source}";
  Route list = knowledge_row(place.read);
  list.query = {{"page", "integer"}, {"page_size", "integer"}};
  Route report = knowledge_row(place.read);
  report.query = {{"number", "integer"}};
  // A preview may wait for a site.
  Route preview = knowledge_row(place.change);
  preview.pool = net::PoolName::run;
  Route preview_by_query = preview;
  preview_by_query.query = {{"url"}, {"rag_chunk_size", "integer"}, {"rag_chunk_overlap", "integer"}};
  table.push_back(get(sources, "Pages and sites the agent learns from", kAccountOrKey, list_sources, list));
  table.push_back(
      post(sources, "Add a page or a site and fetch it", kAccountOrKey, create_source, knowledge_row(place.change, 201)));
  table.push_back(get(one, "One source and how far its sync is", kAccountOrKey, get_source, knowledge_row(place.read)));
  table.push_back(
      patch(one, "Change name, patterns, schedule or chunk settings", kAccountOrKey, patch_source, knowledge_row(place.change)));
  table.push_back(
      remove(one, "Delete a source with every page it brought", kAccountOrKey, delete_source, knowledge_row(place.change, 204)));
  table.push_back(post(one + "/sync", "Sync now, or confirm the removal a sync waits for", kAccountOrKey, sync_source,
                       knowledge_row(place.change, 202)));
  table.push_back(get(one + "/report", "What a sync added, changed, missed, removed and could not read", kAccountOrKey,
                      source_report, report));
  table.push_back(get(one + "/preview", "The chunks a page would become", kAccountOrKey, get_preview, preview_by_query));
  table.push_back(
      post(one + "/preview", "The chunks a page would become, with other settings", kAccountOrKey, preview_source, preview));
}

}  // namespace

RouteTable source_routes() {
  RouteTable table;
  for (const KnowledgePlace& place : kKnowledgePlaces) add_source_routes(table, place);
  return table;
}

}  // namespace guildhall::api::registry_dialect
