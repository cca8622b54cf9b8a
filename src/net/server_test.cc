// The server with well-behaved clients: framing, keep-alive, limits, drain.
#include "net/server.h"

#include <doctest/doctest.h>

#include <system_error>

#include "base/log.h"
#include "base/metrics.h"
#include "server_fixture.h"

using namespace guildhall;
using namespace guildhall::net;
using loopback::Socket;

TEST_CASE("a connection serves one request after another") {
  const auto server = started(sample_router());
  Socket client(server->port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/hello"));
    const auto reply = client.reply();
    CHECK(reply.status == 200);
    CHECK(reply.body == "hello");
    CHECK(reply.field("Content-Length") == "5");
    CHECK(reply.field("Date").ends_with(" GMT"));
    CHECK(reply.field("X-Request-Id").size() == 36);
    CHECK(reply.field("Connection").empty());
  }
  client.send(get("/inline"));
  CHECK(client.reply().body == "inline");
  client.send(get("/hello/a%2Fb%20c/?x=1"));
  CHECK(client.reply().body == "a/b c");
  client.send(get("/hello", "Connection: close\r\n"));
  const auto last = client.reply();
  CHECK(last.field("Connection") == "close");
  CHECK(client.is_ended());
}

TEST_CASE("pipelined requests are answered in order, also when cut anywhere") {
  const auto server = started(sample_router());
  const std::string stream =
      get("/hello/1") + post("/echo", "two") + get("/inline") +
      "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nfou\r\n1\r\nr\r\n0\r\nX: y\r\n\r\n" +
      "HEAD /hello HTTP/1.1\r\nHost: t\r\n\r\n" + get("/hello/6");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{61}, stream.size()}) {
    CAPTURE(piece);
    Socket client(server->port());
    for (std::size_t at = 0; at < stream.size(); at += piece) client.send(std::string_view(stream).substr(at, piece));
    CHECK(client.reply().body == "1");
    CHECK(client.reply().body == "two");
    CHECK(client.reply().body == "inline");
    CHECK(client.reply().body == "four");
    const auto head = client.reply(false);
    CHECK(head.status == 200);
    CHECK(head.field("Content-Length") == "5");
    CHECK(client.reply().body == "6");
  }
}

TEST_CASE("thousands of pipelined requests neither nest nor get lost") {
  const auto server = started(sample_router());
  Socket client(server->port());
  std::string stream;
  for (int i = 0; i < 3000; ++i) stream += get("/inline");
  std::thread sender([&] { client.send(stream); });
  int answered = 0;
  for (int i = 0; i < 3000; ++i) answered += client.reply().body == "inline";
  sender.join();
  CHECK(answered == 3000);
}

TEST_CASE("bodies: at the limit and one past it, with either framing") {
  const auto server = started(sample_router());
  const std::string full(1024, 'x');
  Socket client(server->port());
  client.send(post("/echo", full));
  CHECK(client.reply().body == full);
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + full + "\r\n0\r\n\r\n");
  CHECK(client.reply().body == full);
  client.send(post("/echo", full + "x"));
  const auto refused = client.reply();
  CHECK(refused.status == 413);
  CHECK(refused.body.rfind("payload_too_large /echo ", 0) == 0);
  CHECK(client.is_ended());
  Socket chunked(server->port());
  chunked.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n" + full + "x\r\n0\r\n\r\n");
  CHECK(chunked.reply().status == 413);
  CHECK(chunked.is_ended());
}

TEST_CASE("the limit on a body counts before it is sent") {
  const auto server = started(sample_router());
  Socket client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999\r\n\r\n");
  CHECK(client.reply().status == 413);
  Socket unknown(server->port());
  unknown.send("POST /nothing HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999\r\n\r\n" + std::string(100'000, 'x'));
  CHECK(unknown.reply().status == 404);
  unknown.close();
}

TEST_CASE("a client that asks is told to go on before it sends its body") {
  const auto server = started(sample_router());
  Socket client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  REQUIRE(client.more());
  CHECK(client.buffered() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  CHECK(client.reply().body == "abc");
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.reply().status == 413);
}

TEST_CASE("unknown paths and methods") {
  const auto server = started(sample_router());
  Socket client(server->port());
  client.send(get("/nothing"));
  const auto missing = client.reply();
  CHECK(missing.status == 404);
  CHECK(missing.body.rfind("not_found /nothing ", 0) == 0);
  client.send("DELETE /echo HTTP/1.1\r\nHost: t\r\n\r\n");
  const auto wrong = client.reply();
  CHECK(wrong.status == 405);
  CHECK(wrong.field("Allow") == "POST");
  client.send("HEAD /nothing HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(client.reply(false).status == 404);
  client.send("BREW /hello HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(client.reply().status == 501);
}

TEST_CASE("the fallback sees unknown paths, and may decline") {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  Server server(options, sample_router(), refusal_text);
  Headers common;
  common.add("X-Frame-Options", "DENY");
  common.add("Content-Type", "never/used");
  server.set_common_headers(common);
  server.set_fallback([](Exchange& exchange) {
    if (exchange.request().path != "/app" && exchange.request().method != Method::options) return false;
    exchange.respond(text_response(200, "fallback"));
    return true;
  });
  server.start();
  Socket client(server.port());
  client.send(get("/app"));
  const auto reply = client.reply();
  CHECK(reply.body == "fallback");
  CHECK(reply.field("X-Frame-Options") == "DENY");
  CHECK(reply.field("Content-Type") == "text/plain");
  client.send("OPTIONS /echo HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(client.reply().body == "fallback");
  client.send(get("/other"));
  CHECK(client.reply().status == 404);
  client.send(get("/echo"));
  const auto wrong = client.reply();
  CHECK(wrong.status == 405);
  CHECK(wrong.field("Allow") == "POST");
}

TEST_CASE("request ids are taken over when they are plain, else made") {
  const auto server = started(sample_router());
  Socket client(server->port());
  client.send(get("/hello", "X-Request-Id: my-id.1\r\n"));
  CHECK(client.reply().field("X-Request-Id") == "my-id.1");
  client.send(get("/hello", "X-Request-Id: my id\r\n"));
  CHECK(client.reply().field("X-Request-Id").size() == 36);
  client.send(get("/nothing", "X-Request-Id: other\r\n"));
  CHECK(client.reply().field("X-Request-Id") == "other");
}

TEST_CASE("HTTP/1.0 closes unless asked to stay") {
  const auto server = started(sample_router());
  Socket client(server->port());
  client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto first = client.reply();
  CHECK(first.body == "hello");
  CHECK(first.field("Connection") == "keep-alive");
  client.send("GET /hello HTTP/1.0\r\n\r\n");
  CHECK(client.reply().field("Connection") == "close");
  CHECK(client.is_ended());
}

TEST_CASE("a handler that throws or forgets to answer is a 500, and is logged") {
  std::string logged;
  std::mutex mutex;
  log::set_sink([&](std::string_view line) {
    const std::lock_guard lock(mutex);
    logged += line;
  });
  auto router = sample_router();
  add_route(router, Method::get, "/throws", [](Exchange&) { throw std::runtime_error("secret detail"); });
  add_route(router, Method::get, "/throws-int", [](Exchange&) { throw 5; });
  add_route(router, Method::get, "/forgets", [](Exchange&) {});
  add_route(router, Method::get, "/twice", [](Exchange& exchange) {
    exchange.respond(text_response(200, "once"));
    exchange.respond(text_response(200, "again"));
  });
  const auto server = started(std::move(router));
  Socket client(server->port());
  for (const auto* path : {"/throws", "/throws-int", "/forgets"}) {
    client.send(get(path));
    const auto reply = client.reply();
    CHECK(reply.status == 500);
    CHECK(reply.body.find("secret") == std::string::npos);
  }
  client.send(get("/twice"));
  CHECK(client.reply().body == "once");
  client.send(get("/hello"));
  CHECK(client.reply().status == 200);
  server->drain(0);
  log::set_sink({});
  CHECK(logged.find("secret detail") != std::string::npos);
  CHECK(logged.find("answered twice") != std::string::npos);
}

TEST_CASE("a full queue is a 503 with Retry-After, before any handler runs") {
  Gatepost go;
  Gatepost entered;
  std::atomic<int> runs{0};
  Router router;
  add_route(router, Method::get, "/wait", [&](Exchange& exchange) {
    ++runs;
    entered.open();
    go.wait();
    exchange.respond(text_response(200, "done"));
  });
  ServerOptions options;
  options.work_threads = 1;
  options.queue_max = 1;
  const auto server = started(std::move(router), options);
  Socket running(server->port());
  running.send(get("/wait"));
  REQUIRE(entered.wait());
  std::vector<std::unique_ptr<Socket>> others;
  for (int i = 0; i < 8; ++i) {
    others.push_back(std::make_unique<Socket>(server->port()));
    others.back()->send(get("/wait"));
  }
  int refused = 0;
  for (std::size_t i = 1; i < others.size(); ++i) {
    const auto reply = others[i]->reply();
    CHECK(reply.status == 503);
    CHECK(reply.field("Retry-After") == "1");
    CHECK(reply.body.rfind("overloaded /wait", 0) == 0);
    ++refused;
  }
  CHECK(refused == 7);
  CHECK(runs == 1);
  go.open();
  CHECK(running.reply().body == "done");
  CHECK(others[0]->reply().body == "done");
  others[1]->send(get("/wait"));
  CHECK(others[1]->reply().body == "done");
}

TEST_CASE("one connection too many is turned away with a 503") {
  ServerOptions options;
  options.connections_max = 2;
  const auto server = started(sample_router(), options);
  Socket first(server->port());
  Socket second(server->port());
  first.send(get("/hello"));
  second.send(get("/hello"));
  CHECK(first.reply().status == 200);
  CHECK(second.reply().status == 200);
  Socket third(server->port());
  const auto reply = third.reply();
  CHECK(reply.status == 503);
  CHECK(reply.field("Retry-After") == "1");
  CHECK(third.is_ended());
  CHECK(server->open_connections() == 2);
}

TEST_CASE("drain lets running requests finish, tells their clients to go, and takes no new ones") {
  Gatepost go;
  Gatepost entered;
  auto router = sample_router();
  add_route(router, Method::get, "/wait", [&](Exchange& exchange) {
    entered.open();
    go.wait();
    exchange.respond(text_response(200, "done"));
  });
  const auto server = started(std::move(router));
  const auto port = server->port();
  Socket idle(port);
  idle.send(get("/hello"));
  CHECK(idle.reply().status == 200);
  Socket running(port);
  running.send(get("/wait"));
  REQUIRE(entered.wait());
  std::thread draining([&] { server->drain(5'000'000); });
  CHECK(idle.is_ended());
  CHECK_THROWS(Socket(port).send(get("/hello")));
  go.open();
  const auto reply = running.reply();
  CHECK(reply.body == "done");
  CHECK(reply.field("Connection") == "close");
  draining.join();
  CHECK(server->open_connections() == 0);
}

TEST_CASE("drain cancels what outlives its grace") {
  Gatepost entered;
  std::atomic<bool> was_stopped{false};
  Router router;
  add_route(router, Method::get, "/stubborn", [&](Exchange& exchange) {
    Gatepost stopped;
    const std::stop_callback on_stop(exchange.request().stop, [&] { stopped.open(); });
    entered.open();
    was_stopped = stopped.wait();
    exchange.respond(text_response(200, "too late"));
  });
  const auto server = started(std::move(router));
  Socket client(server->port());
  client.send(get("/stubborn"));
  REQUIRE(entered.wait());
  server->drain(1'000);
  CHECK(was_stopped);
  CHECK(client.is_ended());
}

TEST_CASE("an address that cannot be bound is an error at the start") {
  const auto server = started(sample_router());
  for (const auto& listen : {"127.0.0.1:" + std::to_string(server->port()), std::string("nonsense"), std::string("1.2.3.4.5:80"),
                             std::string("127.0.0.1:99999"), std::string("192.0.2.1:0")}) {
    CAPTURE(listen);
    ServerOptions options;
    options.listen = listen;
    Server other(options, sample_router(), refusal_text);
    CHECK_THROWS_AS(other.start(), std::system_error);
  }
}

TEST_CASE("requests are counted by method and class of status") {
  const auto server = started(sample_router());
  auto& counted = metrics::counter("guildhall_http_requests_total", "Requests answered", "method=\"GET\",status=\"2xx\"");
  const auto before = counted.value();
  Socket client(server->port());
  client.send(get("/hello"));
  client.reply();
  server->drain(0);
  CHECK(counted.value() == before + 1);
  CHECK(metrics::exposition().find("guildhall_http_connections_open 0") != std::string::npos);
}
