// The parts of the load generator that a wrong figure could come from.
#include <doctest/doctest.h>

#include "latencies.h"
#include "response_reader.h"

namespace guildhall::bench {

TEST_CASE("percentiles are right to within one percent") {
  Latencies latencies;
  for (int us = 1; us <= 10'000; ++us) latencies.add(us);
  CHECK(latencies.percentile_us(0.5) == doctest::Approx(5'000).epsilon(0.011));
  CHECK(latencies.percentile_us(0.99) == doctest::Approx(9'900).epsilon(0.011));
  CHECK(latencies.percentile_us(1) == doctest::Approx(10'000));
  CHECK(Latencies().percentile_us(0.5) == 0);
}

TEST_CASE("a response is complete with its last byte, however it is cut") {
  const std::string sized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello";
  const std::string chunked =
      "HTTP/1.1 429 Too Many Requests\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
  for (const std::string& bytes : {sized, chunked}) {
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
      ResponseReader reader;
      for (std::size_t at = 0; at < bytes.size(); at += step) {
        CHECK_FALSE(reader.is_complete());
        const std::string_view piece = std::string_view(bytes).substr(at, step);
        CHECK(reader.feed(piece) == piece.size());
      }
      CHECK(reader.is_complete());
      CHECK(reader.body() == "hello");
      CHECK(reader.status() == (bytes == sized ? 200 : 429));
    }
  }
}

TEST_CASE("what follows a response is left alone, and what is none is seen") {
  ResponseReader reader;
  const std::string two = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1";
  CHECK(reader.feed(two) == two.size() - 8);
  CHECK(reader.is_complete());
  ResponseReader broken;
  broken.feed("SSH-2.0-OpenSSH\r\n\r\n");
  CHECK(broken.is_broken());
  ResponseReader without_size;
  without_size.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
  CHECK(without_size.is_broken());
}

}  // namespace guildhall::bench
