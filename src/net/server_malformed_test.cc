// The server with clients that break the rules: each line of the table is refused, and the server lives on.
#include <doctest/doctest.h>

#include "server_fixture.h"

using namespace guildhall;
using namespace guildhall::net;
using loopback::Socket;

namespace {

struct Malformed {
  std::string what;
  std::string bytes;
  int status;
};

std::string post_with(const std::string& fields, const std::string& body = "") {
  return "POST /echo HTTP/1.1\r\nHost: t\r\n" + fields + "\r\n" + body;
}

std::vector<Malformed> broken_lines() {
  return {
      {"no version", "GET /hello\r\n\r\n", 400},
      {"HTTP/0.9", "GET /hello HTTP/0.9\r\nHost: t\r\n\r\n", 400},
      {"HTTP/2.0", "GET /hello HTTP/2.0\r\nHost: t\r\n\r\n", 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400},
      {"empty line first", "\r\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"lower-case version", "GET /hello http/1.1\r\nHost: t\r\n\r\n", 400},
      {"two spaces", "GET  /hello HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"tab instead of space", "GET\t/hello HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"space in the path", "GET /a b HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"bare line feeds", "GET /hello HTTP/1.1\nHost: t\n\n\r\n\r\n", 400},
      {"bare carriage return", "GET /hello HTTP/1.1\rHost: t\r\n\r\n", 400},
      {"NUL in the path", "GET /a" + std::string(1, '\0') + "b HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"encoded NUL", get("/a%00b"), 400},
      {"broken escape", get("/a%zz"), 400},
      {"cut escape", get("/a%2"), 400},
      {"invalid UTF-8", get("/%ff"), 400},
      {"overlong UTF-8", get("/%c0%af"), 400},
      {"dot segment", get("/a/../hello"), 400},
      {"encoded dot segment", get("/a/%2e%2E/hello"), 400},
      {"dots behind an encoded slash", get("/a%2f..%2fhello"), 400},
      {"broken escape in the query", get("/hello?a=%"), 400},
      {"invalid UTF-8 in the query", get("/hello?a=%ff"), 400},
      {"fragment", get("/hello#x"), 400},
      {"no slash", get("hello"), 400},
      {"authority form", "CONNECT example.com:443 HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"other scheme", get("ftp://example.com/hello"), 400},
  };
}

std::vector<Malformed> broken_fields() {
  return {
      {"no Host", "GET /hello HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", get("/hello", "Host: other\r\n"), 400},
      {"Host with a path", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"Host with a user", "GET /hello HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
      {"field without a colon", get("/hello", "Nonsense\r\n"), 400},
      {"space before the colon", get("/hello", "X-A : b\r\n"), 400},
      {"empty field name", get("/hello", ": b\r\n"), 400},
      {"field name with brackets", get("/hello", "X(A): b\r\n"), 400},
      {"folded field", get("/hello", "X-A: b\r\n c\r\n"), 400},
      {"folded encoding", post_with("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400},
      {"folded length", post_with("Content-Length:\r\n 5\r\n", "hello"), 400},
      {"field folded at its end", post_with("Transfer-Encoding: chunked\r\n \r\n", "0\r\n\r\n"), 400},
      {"folded first field", "GET /hello HTTP/1.1\r\n Host: t\r\n\r\n", 400},
      {"NUL in a field", get("/hello", std::string("X-A: b\0c\r\n", 10)), 400},
      {"control character in a field", get("/hello", "X-A: b\x01\r\n"), 400},
      {"bare carriage return in a field", get("/hello", "X-A: b\rc\r\n"), 400},
      {"line feed in a field", get("/hello", "X-A: b\nX-B: c\r\n"), 400},
      {"unknown expectation", get("/hello", "Expect: magic\r\n"), 400},
  };
}

std::vector<Malformed> broken_framing() {
  return {
      {"length and encoding", post_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"encoding and length", post_with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400},
      {"two lengths", post_with("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400},
      {"two equal lengths", post_with("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
      {"list of lengths", post_with("Content-Length: 5, 5\r\n", "hello"), 400},
      {"negative length", post_with("Content-Length: -1\r\n"), 400},
      {"signed length", post_with("Content-Length: +5\r\n", "hello"), 400},
      {"hexadecimal length", post_with("Content-Length: 0x5\r\n", "hello"), 400},
      {"empty length", post_with("Content-Length: \r\n"), 400},
      {"length past 64 bits", post_with("Content-Length: 99999999999999999999999\r\n"), 400},
      {"unknown encoding", post_with("Transfer-Encoding: gzip\r\n"), 400},
      {"identity encoding", post_with("Transfer-Encoding: identity\r\n"), 400},
      {"two encodings", post_with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked twice", post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"disguised encoding", post_with("Transfer-Encoding: xchunked\r\n"), 400},
      {"encoding with a tab", post_with("Transfer-Encoding: \tchunked;q=1\r\n", "0\r\n\r\n"), 400},
      {"encoding in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunk size not a number", post_with("Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n"), 400},
      {"negative chunk size", post_with("Transfer-Encoding: chunked\r\n", "-5\r\nhello\r\n0\r\n\r\n"), 400},
      {"chunk size past 64 bits", post_with("Transfer-Encoding: chunked\r\n", "11111111111111111\r\nhello\r\n0\r\n\r\n"), 400},
      {"chunk longer than its size", post_with("Transfer-Encoding: chunked\r\n", "3\r\nhello\r\n0\r\n\r\n"), 400},
      {"chunk without line break", post_with("Transfer-Encoding: chunked\r\n", "5\r\nhello0\r\n\r\n"), 400},
      {"endless chunk extension", post_with("Transfer-Encoding: chunked\r\n", "5;" + std::string(9000, 'x')), 400},
      {"huge chunk", post_with("Transfer-Encoding: chunked\r\n", "7fffffff\r\n" + std::string(2000, 'x')), 413},
      {"header too large", get("/hello", "X-A: " + std::string(40'000, 'x') + "\r\n"), 431},
      {"endless request line", "GET /" + std::string(40'000, 'x'), 431},
      {"too many fields",
       get("/hello",
           [] {
             std::string fields;
             for (int i = 0; i < 101; ++i) fields += "A: b\r\n";
             return fields;
           }()),
       431},
  };
}

void check_table(const std::vector<Malformed>& table) {
  const auto server = started(sample_router());
  for (const auto& line : table) {
    CAPTURE(line.what);
    Socket client(server->port());
    client.send(line.bytes);
    const auto reply = client.reply();
    CHECK(reply.status == line.status);
    CHECK(reply.is_complete);
    CHECK(reply.field("X-Request-Id").size() == 36);
    CHECK(reply.body.find(" The request") != std::string::npos);
  }
  Socket client(server->port());
  client.send(get("/hello"));
  CHECK(client.reply().body == "hello");
}

}  // namespace

TEST_CASE("broken request lines are refused") {
  check_table(broken_lines());
}
TEST_CASE("broken header fields are refused") {
  check_table(broken_fields());
}
TEST_CASE("broken framing is refused") {
  check_table(broken_framing());
}

TEST_CASE("what follows a refused request is never read as another") {
  std::atomic<int> smuggled{0};
  auto router = sample_router();
  add_route(router, Method::get, "/smuggled", [&](Exchange& exchange) {
    ++smuggled;
    exchange.respond(text_response(200, ""));
  });
  const auto server = started(std::move(router));
  const std::string inner = get("/smuggled");
  for (const auto& line : broken_framing()) {
    CAPTURE(line.what);
    Socket client(server->port());
    client.send(line.bytes + inner);
    CHECK(client.reply().status == line.status);
    CHECK(client.is_ended());
  }
  CHECK(smuggled == 0);
}

TEST_CASE("fields after a chunked body do not become fields of the request") {
  auto router = sample_router();
  add_route(router, Method::post, "/who", [](Exchange& exchange) {
    exchange.respond(text_response(200, std::string(exchange.request().headers.get_or("Authorization", "nobody"))));
  });
  const auto server = started(std::move(router));
  Socket client(server->port());
  client.send("POST /who HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Bearer x\r\n\r\n");
  CHECK(client.reply().body == "nobody");
}

TEST_CASE("clients that send too slowly are cut off") {
  ServerOptions options;
  options.header_timeout_us = 60'000;
  options.body_timeout_us = 60'000;
  options.idle_timeout_us = 60'000;
  const auto server = started(sample_router(), options);
  Socket silent(server->port());
  CHECK(silent.is_ended());
  CHECK(silent.buffered().empty());
  Socket half_header(server->port());
  half_header.send("GET /hello HTTP/1.1\r\nHo");
  CHECK(half_header.reply().status == 408);
  CHECK(half_header.is_ended());
  Socket half_body(server->port());
  half_body.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(half_body.reply().status == 408);
  CHECK(half_body.is_ended());
  Socket idle(server->port());
  idle.send(get("/hello"));
  CHECK(idle.reply().status == 200);
  CHECK(idle.is_ended());
}

TEST_CASE("random bytes and cut requests do no harm") {
  const auto server = started(sample_router());
  std::uint64_t state = 88172645463325252ULL;
  const auto random = [&state] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  };
  const std::string valid =
      post("/echo", "hello") + "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  for (int round = 0; round < 200; ++round) {
    std::string bytes = valid;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    Socket client(server->port());
    client.send(std::string_view(bytes).substr(0, random() % bytes.size()));
    if (round % 3 == 0) client.reset();
  }
  Socket client(server->port());
  client.send(get("/hello"));
  CHECK(client.reply().body == "hello");
}
