// Writing: answers and streams onto the socket.
#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include "connection.h"
#include "net/limits.h"
#include "response_head.h"

namespace guildhall::net {
namespace {

std::string chunk_size_line(std::size_t size) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string reversed;
  for (; size > 0; size >>= 4) reversed.push_back(kDigits[size & 15]);
  return {reversed.rbegin(), reversed.rend()};
}

}  // namespace

void Connection::on_answer(ServerExchange& exchange) {
  if (phase_ != Phase::handling || exchange_.get() != &exchange) {
    if (exchange.streamed) exchange.streamed->close();
    return;
  }
  keeps_alive_ = exchange.answer.keeps_alive;
  status_ = exchange.answer.status;
  if (exchange.streamed) {
    phase_ = Phase::streaming;
    stream_ = exchange.streamed;
    is_last_batch_ = false;
    pump_stream(std::move(exchange.answer.head));
  } else {
    phase_ = Phase::writing;
    send(std::move(exchange.answer.head), std::move(exchange.answer.body), {});
  }
}

void Connection::on_stream_ready(StreamState& stream) {
  if (phase_ == Phase::streaming && stream_.get() == &stream && !is_writing_ && !is_last_batch_) pump_stream({});
}

void Connection::pump_stream(std::string head) {
  auto batch = stream_->take();
  if (batch.is_broken) return reset_and_close();
  if (batch.bytes.empty() && head.empty() && !batch.is_last) return;
  batch_bytes_ = batch.bytes.size();
  is_last_batch_ = batch.is_last;
  std::string tail;
  const bool is_chunked = !form_.is_http_1_0 && !form_.is_head && !has_no_body(status_);
  if (is_chunked && batch_bytes_ > 0) {
    head += chunk_size_line(batch_bytes_);
    head += "\r\n";
    tail = "\r\n";
  }
  if (is_chunked && is_last_batch_) tail += "0\r\n\r\n";
  send(std::move(head), std::move(batch.bytes), std::move(tail));
}

void Connection::send(std::string head, std::string body, std::string tail) {
  out_head_ = std::move(head);
  out_body_ = std::move(body);
  out_tail_ = std::move(tail);
  out_sent_ = 0;
  out_total_ = out_head_.size() + out_body_.size() + out_tail_.size();
  progress_us_ = monotonic_us();
  write_more();
}

void Connection::write_more() {
  while (out_sent_ < out_total_) {
    std::array<boost::asio::const_buffer, 3> parts;
    std::size_t skip = out_sent_;
    std::size_t at = 0;
    for (const std::string* part : {&out_head_, &out_body_, &out_tail_}) {
      const std::size_t skipped = std::min(skip, part->size());
      skip -= skipped;
      parts[at++] = boost::asio::const_buffer(part->data() + skipped, part->size() - skipped);
    }
    error_code error;
    out_sent_ += socket_.write_some(parts, error);
    if (error == boost::asio::error::would_block) {
      is_writing_ = true;
      socket_.async_wait(boost::asio::ip::tcp::socket::wait_write, [self = shared_from_this()](const error_code& failed) {
        self->is_writing_ = false;
        if (self->phase_ == Phase::closed) return;
        if (failed) return self->close();
        self->progress_us_ = monotonic_us();
        self->write_more();
      });
      return;
    }
    if (error) return close();
  }
  on_output_done();
}

void Connection::on_output_done() {
  std::string().swap(out_body_);  // an assignment would keep the buffer, and what stands in it
  if (phase_ == Phase::writing) return finish_request();
  if (phase_ != Phase::streaming) return;
  stream_->sent(batch_bytes_);
  batch_bytes_ = 0;
  if (is_last_batch_) return finish_request();
  pump_stream({});
}

void Connection::finish_request() {
  core_.metrics.count(method_, status_, received_us_ == 0 ? 0 : monotonic_us() - received_us_);
  if (stream_) stream_->close();
  stream_.reset();
  exchange_.reset();
  endpoint_ = nullptr;
  if (!keeps_alive_ || core_.is_draining.load(std::memory_order_relaxed)) {
    if (has_unread_body_ || filled_ > 0) return linger();
    error_code ignored;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
    return close();
  }
  phase_ = Phase::head;
  head_bytes_ = 0;
  received_us_ = 0;
  deadline_us_ = monotonic_us() + core_.options.idle_timeout_us;
  if (filled_ > 0) deadline_us_ = monotonic_us() + core_.options.header_timeout_us;
  if (capacity_ > kReadBufferBytes && filled_ == 0 && !is_reading_) {
    buffer_.reset();
    capacity_ = 0;
  }
  advance();
}

void Connection::reset_and_close() {
  // Without the last chunk or a reset a client could take a broken body for a whole one.
  error_code ignored;
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  close();
}

}  // namespace guildhall::net
