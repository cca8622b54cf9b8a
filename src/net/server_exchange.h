// One request between its connection and its handler.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>

#include "server_core.h"
#include "stream_state.h"

namespace guildhall::net {

/// A response ready to be sent.
struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  bool keeps_alive = true;
};

/// How the client wants its answer.
struct AnswerForm {
  bool keeps_alive = true;
  bool is_http_1_0 = false;
  bool is_head = false;
};

/// Renders `response` for a request; on any thread.
Answer rendered(const ServerCore& core, const Response& response, const Request& request, const AnswerForm& form);
/// The server's own refusal in the writer's shape.
Response refusal(const ServerCore& core, const Request& request, int status, std::string_view code, std::string_view message);

/// Made on the I/O thread, run on a pool thread, and back. The answer is given once: by the handler, or by the server when
/// the deadline has passed.
class ServerExchange final : public Exchange,
                             public Runnable,
                             public Wakeable,
                             public std::enable_shared_from_this<ServerExchange> {
 public:
  ServerExchange(ServerCore& core, std::shared_ptr<AnswerTaker> connection, Request incoming, AnswerForm form);

  /// Hands itself to the endpoint's pool; false when the queue is full. `allowed` is the path's methods when it has no such one.
  bool dispatch(const Endpoint& endpoint, std::vector<Method> allowed);
  void request_stop() { stop_.request_stop(); }
  /// The right to answer in the handler's stead.
  bool take_over();

  const Request& request() const override { return request_; }
  void respond(Response response) override;
  std::shared_ptr<Stream> stream(int status, Headers headers) override;
  bool is_answered() const override { return giver_.load() != Giver::nobody; }
  void run() override;
  void on_wake() override;

  Answer answer;
  std::shared_ptr<StreamState> streamed;  ///< set when the answer is a stream; `answer` then holds the head alone
  const AnswerForm form;

 private:
  enum class Giver : std::uint8_t { nobody, handler, server };
  void answer_unknown_path();
  bool begin_answer();
  void deliver();

  ServerCore& core_;
  const std::shared_ptr<AnswerTaker> connection_;
  Request request_;
  const Endpoint* endpoint_ = nullptr;
  std::vector<Method> allowed_;
  std::stop_source stop_;
  std::atomic<Giver> giver_{Giver::nobody};
  std::shared_ptr<ServerExchange> self_;  ///< keeps it alive while a queue holds a bare pointer
};

}  // namespace guildhall::net
