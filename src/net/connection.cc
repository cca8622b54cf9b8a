// Reading: bytes into requests, and the life of a connection.
#include "connection.h"

#include <poll.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>

#include "base/errors.h"
#include "net/limits.h"

namespace guildhall::net {

void ConnectionSet::add(std::shared_ptr<Connection> connection) {
  connection->index = all_.size();
  all_.push_back(std::move(connection));
  count_->fetch_add(1);
}

void ConnectionSet::remove(Connection& connection) {
  const std::size_t index = connection.index;
  if (index + 1 != all_.size()) {
    all_[index] = std::move(all_.back());
    all_[index]->index = index;
  }
  all_.pop_back();
  count_->fetch_sub(1);
}

Connection::Connection(ServerCore& core, ConnectionSet& set, boost::asio::ip::tcp::socket socket)
    : core_(core), set_(set), socket_(std::move(socket)) {}

void Connection::begin() {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  error_code gone;
  const auto endpoint = socket_.remote_endpoint(gone);
  if (gone) return close();
  auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
  }
  peer_ = address.to_string();
  deadline_us_ = monotonic_us() + core_.options.header_timeout_us;
  read();
}

void Connection::read() {
  if (is_reading_ || phase_ == Phase::closed) return;
  if (capacity_ == 0) grow_buffer(kReadBufferBytes);
  is_reading_ = true;
  socket_.async_read_some(
      boost::asio::buffer(buffer_.get() + filled_, capacity_ - filled_),
      [self = shared_from_this()](const error_code& error, std::size_t count) { self->on_read(error, count); });
}

void Connection::grow_buffer(std::size_t capacity) {
  auto larger = std::make_unique<char[]>(capacity);
  if (filled_ > 0) std::memcpy(larger.get(), buffer_.get(), filled_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

void Connection::on_read(const error_code& error, std::size_t count) {
  is_reading_ = false;
  if (phase_ == Phase::closed) return;
  if (error) return on_client_left();
  if (phase_ == Phase::lingering) {
    lingered_bytes_ += count;
    if (lingered_bytes_ > kLingerBytesMax) return close();
    return read();
  }
  const bool is_first = phase_ == Phase::head && !has_begun_request();
  filled_ += count;
  if (is_first) deadline_us_ = monotonic_us() + core_.options.header_timeout_us;
  if (phase_ == Phase::body) deadline_us_ = monotonic_us() + core_.options.body_timeout_us;
  if (phase_ == Phase::head || phase_ == Phase::body) advance();
}

void Connection::read_if_wanted() {
  switch (phase_) {
    case Phase::head:
      if (capacity_ > 0 && filled_ == capacity_)
        grow_buffer(std::min(capacity_ * 2, core_.options.header_max_bytes + kReadBufferBytes));
      return read();
    case Phase::body:
      if (capacity_ > 0 && filled_ == capacity_) grow_buffer(std::max(capacity_, kChunkLineBytesMax * 2));
      return read();
    case Phase::handling:
    case Phase::writing:
    case Phase::streaming:
      // Bytes of the next request wait in the buffer; a client that sent them gets no more room until its answer is out.
      if (filled_ == 0) read();
      return;
    case Phase::lingering: return read();
    case Phase::closed: return;
  }
}

void Connection::advance() {
  if (is_advancing_) return;
  is_advancing_ = true;
  bool moved = true;
  while (moved) {
    moved = false;
    if (phase_ == Phase::head && filled_ > 0) {
      moved = parse_head();
    } else if (phase_ == Phase::body && filled_ > 0) {
      moved = parse_body();
    }
  }
  is_advancing_ = false;
  read_if_wanted();
}

std::size_t Connection::feed_parser(error_code& error) {
  parser_->input = {buffer_.get(), filled_};
  const std::size_t used = parser_->put(boost::asio::const_buffer(buffer_.get(), filled_), error);
  filled_ -= used;
  if (filled_ > 0 && used > 0) std::memmove(buffer_.get(), buffer_.get() + used, filled_);
  return used;
}

bool Connection::parse_head() {
  if (!parser_) {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(core_.options.header_max_bytes));
    received_us_ = monotonic_us();
    form_ = {};
  }
  error_code error;
  head_bytes_ += feed_parser(error);
  const bool is_complete = parser_->is_header_done();
  const bool is_too_large = head_bytes_ + (is_complete ? 0 : filled_) > core_.options.header_max_bytes;
  if (error == boost::beast::http::error::need_more && !is_too_large) return false;
  if (is_too_large) error = boost::beast::http::error::header_limit;
  if (error) {
    refuse_parse_error(error);
    return false;
  }
  if (!is_complete) return false;
  accept_head();
  return true;
}

bool Connection::parse_body() {
  error_code error;
  std::size_t used = 0;
  try {
    used = feed_parser(error);
  } catch (const std::exception&) {
    refuse(400, name(Code::invalid_request), "The request body cannot be read.");
    return false;
  }
  if (error == boost::beast::http::error::need_more) {
    if (filled_ <= kChunkLineBytesMax) return false;
    error = boost::beast::http::error::bad_chunk;
  }
  if (error) {
    refuse_parse_error(error);
    return false;
  }
  if (!parser_->is_done()) return used > 0;
  dispatch(*endpoint_, {});
  return true;
}

void Connection::on_client_left() {
  // A client that has closed its side may still read the answer being written; one still waiting for it has given up.
  if (phase_ == Phase::writing) {
    keeps_alive_ = false;
    has_unread_body_ = false;
    return;
  }
  close();
}

void Connection::linger() {
  error_code ignored;
  socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  phase_ = Phase::lingering;
  filled_ = 0;
  lingered_bytes_ = 0;
  deadline_us_ = monotonic_us() + kLingerUs;
  read();
}

void Connection::close_if_idle() {
  if (phase_ == Phase::head && !has_begun_request()) close();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  const auto self = shared_from_this();
  phase_ = Phase::closed;
  // The stream first: whoever hears of the stop must find it closed.
  if (stream_) stream_->close();
  if (exchange_) exchange_->request_stop();
  exchange_.reset();
  stream_.reset();
  error_code ignored;
  socket_.close(ignored);
  set_.remove(*this);
}

void Connection::sweep(std::int64_t now_us) {
  switch (phase_) {
    case Phase::head:
      if (now_us < deadline_us_) return;
      if (!has_begun_request()) return close();
      return refuse(408, "request_timeout", "The request header did not arrive in time.");
    case Phase::body:
      if (now_us < deadline_us_) return;
      return refuse(408, "request_timeout", "The request body did not arrive in time.");
    case Phase::handling: {
      pollfd state{socket_.native_handle(), POLLRDHUP, 0};
      if (!is_reading_ && ::poll(&state, 1, 0) == 1) return on_client_left();
      if (now_us < deadline_us_) return;
      if (!is_stop_requested_) exchange_->request_stop();
      is_stop_requested_ = true;
      if (now_us < deadline_us_ + kAnswerGraceUs || !exchange_->take_over()) return;
      keeps_alive_ = false;
      return refuse(503, name(Code::run_timeout), "The request took too long and was stopped.");
    }
    case Phase::writing:
    case Phase::streaming:
      if (is_writing_ && now_us - progress_us_ > kStreamStallUs) reset_and_close();
      return;
    case Phase::lingering:
      if (now_us >= deadline_us_) close();
      return;
    case Phase::closed: return;
  }
}

}  // namespace guildhall::net
