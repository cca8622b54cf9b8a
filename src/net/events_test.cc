// Server-sent events.
#include "net/events.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

using namespace guildhall::net;

namespace {

std::string read_events(std::string_view stream, std::size_t piece) {
  SseReader reader;
  std::string out;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    reader.feed(stream.substr(at, piece), [&](const SseEvent& e) { out += "[" + e.event + "|" + e.data + "|" + e.id + "]"; });
  }
  return out;
}

}  // namespace

TEST_CASE("events are written one field a line") {
  CHECK(sse_event("hello") == "data: hello\n\n");
  CHECK(sse_event("a\nb\r\nc\rd", "e", "7") == "event: e\nid: 7\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
  CHECK(sse_event("") == "data: \n\n");
  CHECK(sse_event("x", "a\ndata: forged") == "event: a data: forged\ndata: x\n\n");
}

TEST_CASE("events are read alike however the stream is cut") {
  const std::string stream =
      "\xEF\xBB\xBF"
      "data: one\n\n: comment\nevent: e\r\ndata:two\r\ndata:  lines\r\n\r\nid: 5\rdata\r\rretry: 3\nevent: lost\n\ndata: "
      "[DONE]\n\n"
      "data: unfinished\n";
  const std::string expected = "[|one|][e|two\n lines|][||5][|[DONE]|5]";
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    CAPTURE(piece);
    CHECK(read_events(stream, piece) == expected);
  }
}

TEST_CASE("what is written reads back") {
  CHECK(read_events(sse_event("a\nb\n", "e", "1") + sse_event("{}"), 3) == "[e|a\nb\n|1][|{}|1]");
}

TEST_CASE("a line over 1 MiB ends the reading") {
  SseReader reader;
  const auto ignore = [](const SseEvent&) {};
  const std::string half(512 * 1024, 'x');
  reader.feed(half, ignore);
  reader.feed(half, ignore);
  CHECK_THROWS_AS(reader.feed("x", ignore), std::length_error);
}
