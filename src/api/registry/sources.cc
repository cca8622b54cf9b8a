// Sources of a subscription's knowledge (contracts/support-partner.md §2.1, §2.2, `sources/`).
#include "knowledge/sources.h"

#include "base/text.h"
#include "crawler/crawl.h"
#include "knowledge/preview.h"
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

SourceTarget source_target(Call& call, store::Tx& tx, Right right) {
  const auto target = access_target(call, tx);
  identity::require(target.scope, right);
  const auto base = knowledge::find_base_of_subscription(target.scope, tx, target.subscription.id);
  const auto id = KnowledgeSourceId::parse(call.path("source"));
  if (!base || !id) throw not_found("source");
  return {target.scope, *base, *id};
}

json::Object list_sources(Call& call) {
  const Paging paging = paging_of(call);
  return call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    identity::require(target.scope, Right::read_subscriptions);
    const auto base = knowledge::find_base_of_subscription(target.scope, tx, target.subscription.id);
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
    const auto target = access_target(call, tx);
    identity::require(target.scope, Right::configure_agents);
    const auto base = knowledge::base_of_subscription(target.scope, tx, target.subscription.id);
    return knowledge::create_source(target.scope, tx, base, settings);
  });
  call.services().jobs.wake();
  return source_json(source);
}

json::Object get_source(Call& call) {
  return source_json(call.read([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Right::read_subscriptions);
    return knowledge::get_source(target.scope, tx, target.base, target.source);
  }));
}

json::Object patch_source(Call& call, const SourceIn& in) {
  const auto source = call.write([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Right::configure_agents);
    const auto before = knowledge::get_source(target.scope, tx, target.base, target.source).settings;
    if (in.url && *in.url != before.url) throw invalid_field("url", "cannot change; delete the source and add another");
    if (in.kind && *in.kind != knowledge::wire_name(before.kind))
      throw invalid_field("kind", "cannot change; delete the source and add another");
    return knowledge::update_source(target.scope, tx, target.base, target.source, merged_settings(before, in));
  });
  call.services().jobs.wake();
  return source_json(source);
}

void delete_source(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Right::configure_agents);
    knowledge::delete_source(target.scope, tx, target.base, target.source);
  });
}

json::Object sync_source(Call& call, const SourceSyncIn& in) {
  const auto source = call.write([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Right::configure_agents);
    return knowledge::request_sync(target.scope, tx, target.base, target.source, in.confirm_removal.value_or(false));
  });
  call.services().jobs.wake();
  return source_json(source);
}

json::Object source_report(Call& call) {
  std::optional<std::int64_t> number;
  if (!call.query("number").empty()) number = call.query_integer("number", 1, 1, 1'000'000'000);
  return report_json(call.read([&](store::Tx& tx) {
    const auto target = source_target(call, tx, Right::read_subscriptions);
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
    const auto target = source_target(call, tx, Right::configure_agents);
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

Route source_row(Right right, int success = 200) {
  Route row;
  row.right = right;
  row.status = success;
  return row;
}

}  // namespace

RouteTable source_routes() {
  const std::string sources = "/api/v1/access/{access}/sources";
  const std::string one = sources + "/{source}";
  Route list = source_row(Right::read_subscriptions);
  list.query = {{"page", "integer"}, {"page_size", "integer"}};
  Route report = source_row(Right::read_subscriptions);
  report.query = {{"number", "integer"}};
  // A preview may wait for a site.
  Route preview = source_row(Right::configure_agents);
  preview.pool = net::PoolName::run;
  Route preview_by_query = preview;
  preview_by_query.query = {{"url"}, {"rag_chunk_size", "integer"}, {"rag_chunk_overlap", "integer"}};
  return {
      get(sources, "Pages and sites the agent learns from", kAccountOrKey, list_sources, list),
      post(sources, "Add a page or a site and fetch it", kAccountOrKey, create_source, source_row(Right::configure_agents, 201)),
      get(one, "One source and how far its sync is", kAccountOrKey, get_source, source_row(Right::read_subscriptions)),
      patch(one, "Change name, patterns, schedule or chunk settings", kAccountOrKey, patch_source,
            source_row(Right::configure_agents)),
      remove(one, "Delete a source with every page it brought", kAccountOrKey, delete_source,
             source_row(Right::configure_agents, 204)),
      post(one + "/sync", "Sync now, or confirm the removal a sync waits for", kAccountOrKey, sync_source,
           source_row(Right::configure_agents, 202)),
      get(one + "/report", "What a sync added, changed, missed, removed and could not read", kAccountOrKey, source_report,
          report),
      get(one + "/preview", "The chunks a page would become", kAccountOrKey, get_preview, preview_by_query),
      post(one + "/preview", "The chunks a page would become, with other settings", kAccountOrKey, preview_source, preview)};
}

}  // namespace guildhall::api::registry_dialect
