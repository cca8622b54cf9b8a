// Running a handler and making its answer ready to send.
#include "server_exchange.h"

#include <stdexcept>

#include "base/errors.h"
#include "base/log.h"
#include "base/text.h"
#include "response_head.h"

namespace guildhall::net {

Answer rendered(const ServerCore& core, const Response& response, const Request& request, const AnswerForm& form) {
  Answer answer;
  answer.status = response.status;
  const auto connection = response.headers.get("Connection");
  const bool handler_closes = connection && equals_ignoring_case(*connection, "close");
  answer.keeps_alive = form.keeps_alive && !handler_closes && !core.is_draining.load(std::memory_order_relaxed);
  Framing framing;
  framing.keeps_alive = answer.keeps_alive;
  framing.length = response.body.size();
  framing.has_length = !has_no_body(response.status);
  answer.head = response_head(response.status, response.headers, core.common_headers, request.request_id, framing);
  // A client of HTTP/1.0 that asked to stay must be told that it may.
  if (form.is_http_1_0 && answer.keeps_alive) answer.head.insert(answer.head.size() - 2, "Connection: keep-alive\r\n");
  return answer;
}

Response refusal(const ServerCore& core, const Request& request, int status, std::string_view code, std::string_view message) {
  try {
    Response response = core.refusal_writer(request, status, code, message);
    response.status = status;
    return response;
  } catch (const std::exception& error) {
    log::error("refusal_writer_failed", {{"error", std::string_view(error.what())}});
  } catch (...) {
    log::error("refusal_writer_failed");
  }
  Response plain;
  plain.status = status;
  return plain;
}

ServerExchange::ServerExchange(ServerCore& core, std::shared_ptr<AnswerTaker> connection, Request incoming, AnswerForm form_)
    : form(form_), core_(core), connection_(std::move(connection)), request_(std::move(incoming)) {
  request_.stop = stop_.get_token();
}

bool ServerExchange::dispatch(const Endpoint& endpoint, std::vector<Method> allowed) {
  endpoint_ = &endpoint;
  allowed_ = std::move(allowed);
  self_ = shared_from_this();
  if (endpoint.pool == PoolName::inline_) {
    run();
    return true;
  }
  auto& pool = endpoint.pool == PoolName::run ? *core_.run : *core_.work;
  if (pool.try_push(*this)) return true;
  self_.reset();
  return false;
}

void ServerExchange::run() {
  const auto self = std::move(self_);
  const log::Context context(request_.request_id, {});
  std::string failure;
  try {
    if (endpoint_->handler) {
      endpoint_->handler(*this);
    } else if (!core_.fallback(*this)) {
      answer_unknown_path();
    }
    if (!is_answered()) failure = "the handler returned without an answer";
  } catch (const std::exception& error) {
    failure = error.what();
  } catch (...) {
    failure = "an exception of unknown type";
  }
  if (failure.empty()) return;
  log::error("handler_failed", {{"error", failure}, {"path", request_.path}, {"answered", is_answered()}});
  if (begin_answer()) {
    const auto response = refusal(core_, request_, 500, name(Code::internal_error), "The server made an error; it is logged.");
    answer = rendered(core_, response, request_, form);
    if (!form.is_head) answer.body = response.body;
    deliver();
  }
}

void ServerExchange::answer_unknown_path() {
  if (is_answered()) return;
  if (allowed_.empty()) {
    respond(refusal(core_, request_, 404, name(Code::not_found), "There is nothing at this path."));
    return;
  }
  auto response = refusal(core_, request_, 405, name(Code::method_not_allowed), "This path does not take this method.");
  response.headers.set("Allow", allowed_text(allowed_));
  respond(std::move(response));
}

bool ServerExchange::take_over() {
  auto nobody = Giver::nobody;
  return giver_.compare_exchange_strong(nobody, Giver::server);
}

bool ServerExchange::begin_answer() {
  auto giver = Giver::nobody;
  if (giver_.compare_exchange_strong(giver, Giver::handler)) return true;
  return false;
}

void ServerExchange::respond(Response response) {
  if (!begin_answer()) {
    if (giver_.load() == Giver::server) return;  // The client has had its answer; nobody would read this one.
    throw std::logic_error("a request is answered twice");
  }
  answer = rendered(core_, response, request_, form);
  if (!form.is_head && !has_no_body(response.status)) answer.body = std::move(response.body);
  deliver();
}

std::shared_ptr<Stream> ServerExchange::stream(int status, Headers headers) {
  const bool is_first = begin_answer();
  if (!is_first && giver_.load() != Giver::server) throw std::logic_error("a request is answered twice");
  const bool is_discarded = form.is_head || has_no_body(status);
  auto state = std::make_shared<StreamState>(core_.inbox, connection_, core_.io_thread_id, is_discarded);
  auto handle = std::make_shared<StreamHandle>(state);
  if (!is_first) {
    state->close();
    return handle;
  }
  answer.status = status;
  answer.keeps_alive = form.keeps_alive && !form.is_http_1_0 && !core_.is_draining.load(std::memory_order_relaxed);
  Framing framing;
  framing.keeps_alive = answer.keeps_alive;
  framing.is_chunked = !form.is_http_1_0 && !has_no_body(status);
  framing.has_length = false;
  answer.head = response_head(status, headers, core_.common_headers, request_.request_id, framing);
  streamed = std::move(state);
  deliver();
  return handle;
}

void ServerExchange::deliver() {
  core_.inbox->push(shared_from_this());
}

void ServerExchange::on_wake() {
  connection_->on_answer(*this);
}

}  // namespace guildhall::net
