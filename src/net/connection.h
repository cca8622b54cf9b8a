// One client's connection. Includes Asio and Beast: only the server's files may include this.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "request_parser.h"
#include "server_exchange.h"

namespace guildhall::net {

class Connection;

/// The open connections. On the I/O thread alone, but for count().
class ConnectionSet {
 public:
  void add(std::shared_ptr<Connection> connection);
  void remove(Connection& connection);
  /// Calls `visit` for each; it may close the connection it is given.
  template <class Visit>
  void each(const Visit& visit) {
    for (std::size_t i = all_.size(); i > 0; --i) {
      if (i > all_.size()) continue;
      const auto connection = all_[i - 1];
      visit(*connection);
    }
  }
  const std::shared_ptr<std::atomic<std::size_t>>& count() const { return count_; }

 private:
  std::vector<std::shared_ptr<Connection>> all_;
  std::shared_ptr<std::atomic<std::size_t>> count_ = std::make_shared<std::atomic<std::size_t>>(0);
};

/// Reads requests one after another and writes their answers in order. Everything happens on the I/O thread. While a handler
/// works, one read stays pending: its end of file is how a client's leaving is noticed.
class Connection final : public AnswerTaker, public std::enable_shared_from_this<Connection> {
 public:
  Connection(ServerCore& core, ConnectionSet& set, boost::asio::ip::tcp::socket socket);

  void begin();
  void on_answer(ServerExchange& exchange) override;
  void on_stream_ready(StreamState& stream) override;
  /// Enforces the time limits; called every few moments.
  void sweep(std::int64_t now_us);
  /// The server drains: closes unless a request is under way.
  void close_if_idle();
  /// Cancels what is under way and closes.
  void close();

  std::size_t index = 0;  ///< in its set

 private:
  enum class Phase : std::uint8_t { head, body, handling, writing, streaming, lingering, closed };
  using error_code = boost::system::error_code;

  // Reading: connection.cc.
  void read();
  void on_read(const error_code& error, std::size_t count);
  void read_if_wanted();
  void grow_buffer(std::size_t capacity);
  void advance();
  bool parse_head();
  bool parse_body();
  std::size_t feed_parser(error_code& error);
  bool has_begun_request() const { return filled_ > 0 || head_bytes_ > 0; }
  void on_client_left();
  void linger();

  // Deciding: connection_request.cc.
  void accept_head();
  void accept_route(const Router::Match& match);
  void dispatch(const Endpoint& endpoint, std::vector<Method> allowed);
  void refuse_parse_error(const error_code& error);
  void refuse(int status, std::string_view code, std::string_view message, std::vector<Method> allowed = {});

  // Writing: connection_output.cc.
  void send(std::string head, std::string body, std::string tail);
  void write_more();
  void on_output_done();
  void pump_stream(std::string head);
  void finish_request();
  void reset_and_close();

  ServerCore& core_;
  ConnectionSet& set_;
  boost::asio::ip::tcp::socket socket_;
  std::string peer_;
  Phase phase_ = Phase::head;
  bool is_reading_ = false;
  bool is_writing_ = false;
  bool is_advancing_ = false;
  bool keeps_alive_ = true;  ///< after the answer under way
  bool has_unread_body_ = false;
  bool is_stop_requested_ = false;
  AnswerForm form_;
  std::int64_t deadline_us_ = 0;
  std::int64_t progress_us_ = 0;  ///< when output last moved
  std::int64_t received_us_ = 0;

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t filled_ = 0;
  std::size_t head_bytes_ = 0;  ///< of the header under way, already parsed
  std::size_t lingered_bytes_ = 0;

  std::optional<RequestParser> parser_;
  const Endpoint* endpoint_ = nullptr;
  std::shared_ptr<ServerExchange> exchange_;
  std::shared_ptr<StreamState> stream_;
  Method method_ = Method::get;
  int status_ = 0;

  std::string out_head_;
  std::string out_body_;
  std::string out_tail_;
  std::size_t out_sent_ = 0;
  std::size_t out_total_ = 0;
  std::size_t batch_bytes_ = 0;  ///< of the stream's batch being sent
  bool is_last_batch_ = false;
};

}  // namespace guildhall::net
