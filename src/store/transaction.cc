// What the transactions of both databases share.
#include "transaction.h"

#include <stdexcept>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace guildhall::store {

namespace {

thread_local const OpenCall* innermost_call = nullptr;

constexpr std::size_t kExcerptBytes = 200;

}  // namespace

Refusal database_unavailable(std::string detail) {
  return Refusal(Code::database_unavailable, "the database cannot be reached or written; try again shortly")
      .with_log(std::move(detail))
      .retry_after(1);
}

std::string excerpt(std::string_view sql) {
  std::string text(prefix_bytes(sql, kExcerptBytes));
  if (text.size() < sql.size()) text += "…";
  return text;
}

void check_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw Refusal(Code::invalid_request, "text holds a NUL character; remove it");
  }
  if (!is_valid_utf8(text)) throw Refusal(Code::invalid_request, "text is not valid UTF-8; send UTF-8");
}

void run_effects(Effects& effects) {
  for (const auto& effect : effects) {
    try {
      effect();
    } catch (const std::exception& error) {
      log::error("store.effect_failed", {{"error", std::string_view(error.what())}});
    }
  }
  effects.clear();
}

void Transaction::after_commit(std::function<void()> effect) {
  if (access_ == Access::read) throw std::logic_error("after_commit inside read(): there is nothing to commit");
  effects_.push_back(std::move(effect));
}

void Transaction::tell(std::string_view topic, const json::Value& payload) {
  if (access_ == Access::read) throw std::logic_error("tell inside read(): a listener may write");
  if (listener_) listener_(*this, topic, payload);
}

void Transaction::check_usable() const {
  if (has_failed_) {
    throw std::logic_error("a statement of this transaction failed and was ignored; let the exception leave write()");
  }
}

Rows Transaction::rows(std::string_view sql, std::span<const Param> params) {
  check_usable();
  has_failed_ = true;
  Rows result = run_query(sql, params);
  has_failed_ = false;
  return result;
}

std::int64_t Transaction::changes(std::string_view sql, std::span<const Param> params) {
  check_usable();
  has_failed_ = true;
  const std::int64_t result = run_execute(sql, params);
  has_failed_ = false;
  return result;
}

OpenCall::OpenCall(const Database& database) : database_(&database), outer_(innermost_call) {
  check_none(database);
  innermost_call = this;
}

OpenCall::~OpenCall() {
  innermost_call = outer_;
}

void OpenCall::check_none(const Database& database) {
  for (const OpenCall* call = innermost_call; call != nullptr; call = call->outer_) {
    if (call->database_ == &database) {
      throw std::logic_error("a call of a database inside write() or read() of the same database; use the Tx at hand");
    }
  }
}

}  // namespace guildhall::store
