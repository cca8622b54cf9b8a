// One thread between the log and its readers.
#include "api/live.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "base/json.h"
#include "base/log.h"
#include "base/time.h"
#include "live/utf16.h"
#include "net/events.h"

namespace guildhall::api {
namespace {

constexpr std::size_t kEntriesPerRead = 200;

std::string event_bytes(std::string_view event, const json::Object& data) {
  return net::sse_event(json::write(data), event);
}

}  // namespace

struct Live::State {
  explicit State(store::Database& opened) : database(opened), thread([this] { work(); }) {}

  struct Partial {
    MessageId message;
    std::string text;
  };

  struct InboxReader {
    OrganizationId organization;
    std::shared_ptr<net::Stream> stream;
    std::int64_t ends_at_us = 0;
  };

  using Place = std::pair<OrganizationId, ConversationId>;
  using Readers = std::vector<std::shared_ptr<Reader>>;

  void work();
  void send_entries(const Place& place);
  void send_to_inbox(const Place& place);
  void ping();
  void end_polls();
  void look_for_others();
  Readers readers_of(ConversationId conversation);
  void tell(ConversationId conversation, std::optional<bool> staff_only, const std::string& bytes);

  store::Database& database;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::map<ConversationId, Readers> conversations;
  std::map<ConversationId, Partial> partials;
  std::map<ConversationId, std::stop_source> answers;
  std::vector<InboxReader> inboxes;
  std::set<Place> dirty;
  bool is_stopping = false;
  bool has_others = false;
  std::thread thread;
};

Live::Live(store::Database& database) : state_(std::make_unique<State>(database)) {}

Live::~Live() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_stopping = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

void Live::State::work() {
  std::int64_t next_ping = monotonic_us() + kPingUs;
  std::int64_t next_look = monotonic_us() + kLookUs;
  has_others = database.read([](store::Tx& tx) { return tx.dialect() == store::Dialect::postgres; });
  std::unique_lock lock(mutex);
  while (!is_stopping) {
    const std::int64_t now = monotonic_us();
    if (dirty.empty() && now < next_look) {
      changed.wait_for(lock, std::chrono::microseconds(next_look - now));
      continue;
    }
    std::set<Place> places;
    places.swap(dirty);
    lock.unlock();
    try {
      for (const Place& place : places) {
        send_entries(place);
        send_to_inbox(place);
      }
      if (now >= next_ping) ping();
      if (now >= next_look) end_polls();
      if (has_others && now >= next_look) look_for_others();
    } catch (const std::exception& failure) {
      // The database is away for a moment: the same places are tried again.
      log::error("live.read_failed", {{"what", std::string_view(failure.what())}});
      lock.lock();
      dirty.insert(places.begin(), places.end());
      changed.wait_for(lock, std::chrono::milliseconds(200), [&] { return is_stopping; });
      continue;
    }
    if (now >= next_ping) next_ping = now + kPingUs;
    if (now >= next_look) next_look = now + kLookUs;
    lock.lock();
  }
}

Live::State::Readers Live::State::readers_of(ConversationId conversation) {
  const std::lock_guard lock(mutex);
  const auto found = conversations.find(conversation);
  return found == conversations.end() ? Readers() : found->second;
}

void Live::State::send_entries(const Place& place) {
  Readers readers = readers_of(place.second);
  while (!readers.empty()) {
    const auto first =
        std::min_element(readers.begin(), readers.end(), [](const auto& a, const auto& b) { return a->after < b->after; });
    const std::int64_t after = (*first)->after;
    const auto entries = database.read(
        [&](store::Tx& tx) { return runtime::entries_after(tx, place.first, place.second, after, kEntriesPerRead); });
    for (const auto& reader : readers) {
      std::string bytes;
      for (const auto& entry : entries) {
        if (entry.sequence <= reader->after) continue;
        bytes += reader->view(entry);
        reader->after = entry.sequence;
      }
      if (bytes.empty()) continue;
      reader->stream->offer(bytes);
      if (reader->ends_at_us != 0) reader->stream->finish();
    }
    std::erase_if(readers, [](const auto& reader) { return !reader->stream->is_open(); });
    if (entries.size() < kEntriesPerRead) break;
  }
  const std::int64_t now = monotonic_us();
  for (const auto& reader : readers)
    if (reader->ends_at_us != 0 && reader->ends_at_us <= now) reader->stream->finish();
}

void Live::State::send_to_inbox(const Place& place) {
  std::vector<InboxReader> readers;
  {
    const std::lock_guard lock(mutex);
    for (const InboxReader& reader : inboxes)
      if (reader.organization == place.first) readers.push_back(reader);
  }
  const std::string bytes = event_bytes("inbox", {{"conversation_id", place.second.text()}});
  for (const InboxReader& reader : readers) {
    reader.stream->offer(bytes);
    if (reader.ends_at_us != 0) reader.stream->finish();
  }
}

/// Keeps proxies from closing what is silent, and forgets readers who left.
void Live::State::ping() {
  const std::string bytes = event_bytes("ping", {});
  std::vector<std::shared_ptr<net::Stream>> streams;
  {
    const std::lock_guard lock(mutex);
    for (auto place = conversations.begin(); place != conversations.end();) {
      std::erase_if(place->second, [](const auto& reader) { return !reader->stream->is_open(); });
      for (const auto& reader : place->second) streams.push_back(reader->stream);
      place = place->second.empty() ? conversations.erase(place) : std::next(place);
    }
    std::erase_if(inboxes, [](const InboxReader& reader) { return !reader.stream->is_open(); });
    for (const InboxReader& reader : inboxes) streams.push_back(reader.stream);
  }
  for (const auto& stream : streams) stream->offer(bytes);
}

/// Ends the polls whose time is over.
void Live::State::end_polls() {
  const std::lock_guard lock(mutex);
  const std::int64_t now = monotonic_us();
  for (auto& [conversation, followers] : conversations)
    for (const auto& reader : followers)
      if (reader->ends_at_us != 0 && reader->ends_at_us <= now) reader->stream->finish();
  for (const InboxReader& reader : inboxes)
    if (reader.ends_at_us != 0 && reader.ends_at_us <= now) reader.stream->finish();
}

/// Another server may have written to what is read here.
void Live::State::look_for_others() {
  const std::lock_guard lock(mutex);
  for (const auto& [conversation, readers] : conversations)
    if (!readers.empty()) dirty.insert({readers.front()->organization, conversation});
}

void Live::State::tell(ConversationId conversation, std::optional<bool> staff_only, const std::string& bytes) {
  for (const auto& reader : readers_of(conversation))
    if (!staff_only || reader->is_staff == *staff_only) reader->stream->offer(bytes);
}

void Live::follow(Reader reader) {
  auto shared = std::make_shared<Reader>(std::move(reader));
  {
    const std::lock_guard lock(state_->mutex);
    const auto partial = state_->partials.find(shared->conversation);
    if (partial != state_->partials.end())
      shared->stream->offer(
          event_bytes("message.snapshot", {{"message_id", partial->second.message.text()}, {"text", partial->second.text}}));
    state_->conversations[shared->conversation].push_back(shared);
    state_->dirty.insert({shared->organization, shared->conversation});
  }
  state_->changed.notify_one();
}

void Live::follow_inbox(OrganizationId organization, std::shared_ptr<net::Stream> stream, std::int64_t ends_at_us) {
  stream->offer(event_bytes("ping", {}));
  if (ends_at_us != 0 && ends_at_us <= monotonic_us()) return stream->finish();
  const std::lock_guard lock(state_->mutex);
  state_->inboxes.push_back({organization, std::move(stream), ends_at_us});
}

void Live::changed(OrganizationId organization, ConversationId conversation) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->dirty.insert({organization, conversation});
  }
  state_->changed.notify_one();
}

void Live::writing(ConversationId conversation, const MessageId& message, std::string_view chunk) {
  std::int64_t offset = 0;
  {
    const std::lock_guard lock(state_->mutex);
    State::Partial& partial = state_->partials[conversation];
    if (partial.message != message) partial = {message, {}};
    offset = utf16_units(partial.text);
    partial.text += chunk;
  }
  state_->tell(conversation, std::nullopt,
               event_bytes("message.delta", {{"message_id", message.text()}, {"offset", offset}, {"text", chunk}}));
}

void Live::written(ConversationId conversation) {
  const std::lock_guard lock(state_->mutex);
  state_->partials.erase(conversation);
  state_->answers.erase(conversation);
}

std::string Live::partial_text(ConversationId conversation) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->partials.find(conversation);
  return found == state_->partials.end() ? std::string() : found->second.text;
}

std::stop_token Live::answering(ConversationId conversation) {
  const std::lock_guard lock(state_->mutex);
  return (state_->answers[conversation] = std::stop_source()).get_token();
}

void Live::stop(ConversationId conversation) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->answers.find(conversation);
  if (found != state_->answers.end()) found->second.request_stop();
}

void Live::typing(ConversationId conversation, bool by_staff, std::string_view name) {
  state_->tell(conversation, !by_staff, event_bytes("typing", {{"name", name}}));
}

void Live::drain() {
  State::Readers readers;
  std::vector<State::InboxReader> inboxes;
  {
    const std::lock_guard lock(state_->mutex);
    for (auto& [conversation, followers] : state_->conversations)
      readers.insert(readers.end(), followers.begin(), followers.end());
    state_->conversations.clear();
    inboxes.swap(state_->inboxes);
  }
  const std::string bytes = event_bytes("reconnect", {});
  for (const auto& reader : readers) {
    reader->stream->offer(bytes);
    reader->stream->finish();
  }
  for (const auto& reader : inboxes) {
    reader.stream->offer(bytes);
    reader.stream->finish();
  }
}

std::size_t Live::readers() const {
  const std::lock_guard lock(state_->mutex);
  std::size_t total = state_->inboxes.size();
  for (const auto& [conversation, followers] : state_->conversations) total += followers.size();
  return total;
}

}  // namespace guildhall::api
