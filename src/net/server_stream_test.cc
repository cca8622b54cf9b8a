// Streams, clients that leave, and requests that take too long.
#include <doctest/doctest.h>

#include "server_fixture.h"
#include "stream_state.h"

using namespace guildhall;
using namespace guildhall::net;
using loopback::Socket;

namespace {

Headers event_headers() {
  Headers headers;
  headers.add("Content-Type", "text/event-stream");
  return headers;
}

}  // namespace

TEST_CASE("a stream arrives piece by piece and ends properly; the connection stays") {
  Gatepost seen;
  auto router = sample_router();
  add_route(router, Method::get, "/stream", [&](Exchange& exchange) {
    const auto stream = exchange.stream(200, event_headers());
    CHECK(exchange.is_answered());
    CHECK(stream->write("first"));
    CHECK(seen.wait());
    CHECK(stream->write(""));
    CHECK(stream->write("second"));
    stream->finish();
    CHECK_FALSE(stream->write("after the end"));
  });
  const auto server = started(std::move(router));
  Socket client(server->port());
  client.send(get("/stream"));
  while (client.buffered().find("first") == std::string::npos) REQUIRE(client.more());
  seen.open();
  const auto reply = client.reply();
  CHECK(reply.body == "firstsecond");
  CHECK(reply.is_complete);
  CHECK(reply.field("Content-Type") == "text/event-stream");
  client.send(get("/hello"));
  CHECK(client.reply().body == "hello");
}

TEST_CASE("HTTP/1.0 gets a stream without chunks, HEAD gets none") {
  auto router = sample_router();
  add_route(router, Method::get, "/stream", [&](Exchange& exchange) {
    const auto stream = exchange.stream(200, {});
    stream->write("one");
    stream->write("two");
    stream->finish();
  });
  const auto server = started(std::move(router));
  Socket old(server->port());
  old.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto reply = old.reply();
  CHECK(reply.body == "onetwo");
  CHECK(reply.field("Connection") == "close");
  Socket head(server->port());
  head.send("HEAD /stream HTTP/1.1\r\nHost: t\r\n\r\n" + get("/hello"));
  CHECK(head.reply(false).status == 200);
  CHECK(head.reply().body == "hello");
}

TEST_CASE("a stream that is dropped unfinished is seen as broken") {
  auto router = sample_router();
  add_route(router, Method::get, "/drop", [](Exchange& exchange) { exchange.stream(200, {})->write("part"); });
  add_route(router, Method::get, "/throw", [](Exchange& exchange) {
    const auto stream = exchange.stream(200, {});
    stream->write("part");
    throw std::runtime_error("halfway");
  });
  const auto server = started(std::move(router));
  for (const auto* path : {"/drop", "/throw"}) {
    Socket client(server->port());
    client.send(get(path));
    CHECK_FALSE(client.reply().is_complete);
    CHECK(client.is_ended());
  }
}

TEST_CASE("a stream outlives its handler, and the server") {
  std::shared_ptr<Stream> kept;
  Gatepost handed;
  auto router = sample_router();
  add_route(router, Method::get, "/keep", [&](Exchange& exchange) {
    kept = exchange.stream(200, {});
    handed.open();
  });
  auto server = started(std::move(router));
  Socket client(server->port());
  client.send(get("/keep"));
  REQUIRE(handed.wait());
  CHECK(kept->write("from another thread"));
  while (client.buffered().find("from another thread") == std::string::npos) REQUIRE(client.more());
  server->drain(0);
  server.reset();
  CHECK_FALSE(kept->is_open());
  CHECK_FALSE(kept->write("nobody"));
  kept->finish();
  kept.reset();
  CHECK(client.is_ended());
}

TEST_CASE("a slow reader gets every byte of a stream larger than all buffers") {
  constexpr std::size_t kTotal = 24 * 1024 * 1024;
  std::atomic<std::size_t> written{0};
  Gatepost done;
  Router router;
  add_route(router, Method::get, "/flood", [&](Exchange& exchange) {
    const auto stream = exchange.stream(200, {});
    const std::string piece(64 * 1024, 'x');
    while (written < kTotal && stream->write(piece)) written += piece.size();
    stream->finish();
    done.open();
  });
  const auto server = started(std::move(router));
  Socket client(server->port(), 16 * 1024);
  client.send(get("/flood"));
  REQUIRE(client.more());
  const auto reply = client.reply();
  CHECK(reply.is_complete);
  CHECK(reply.body.size() == kTotal);
  CHECK(done.wait());
}

TEST_CASE("a stream holds 1 MiB for a slow reader and not a byte more after that") {
  int scheduled = 0;
  const auto inbox = std::make_shared<Inbox>([&scheduled] { ++scheduled; });
  // On the I/O thread a writer must not wait, so that being full shows at once.
  const auto state = std::make_shared<StreamState>(inbox, nullptr, std::this_thread::get_id(), false);
  CHECK(state->write(std::string(1024 * 1024 - 1, 'x')));
  CHECK(state->write("y"));
  CHECK(scheduled == 1);
  CHECK(state->take().bytes.size() == 1024 * 1024);
  state->sent(1);
  CHECK(state->write("z"));
  CHECK_FALSE(state->write("one too many"));
  CHECK_FALSE(state->is_open());
  CHECK(state->take().is_broken);
  CHECK(scheduled == 1);
  inbox->close();
}

TEST_CASE("a writer that waits for a slow reader goes on when there is space, or is told that the reader is gone") {
  for (const bool leaves : {false, true}) {
    const auto inbox = std::make_shared<Inbox>([] {});
    const auto state = std::make_shared<StreamState>(inbox, nullptr, std::thread::id(), false);
    CHECK(state->write(std::string(1024 * 1024, 'x')));
    bool went_on = false;
    std::thread writer([&] { went_on = state->write("more"); });
    const auto taken = state->take().bytes.size();
    leaves ? state->close() : state->sent(taken);
    writer.join();
    CHECK(went_on != leaves);
    inbox->close();
  }
}

TEST_CASE("large answers reach slow readers whole") {
  Router router;
  const std::string large(9 * 1024 * 1024 + 7, 'y');
  add_route(router, Method::get, "/large", [&](Exchange& exchange) { exchange.respond(text_response(200, large)); });
  const auto server = started(std::move(router));
  Socket client(server->port(), 8 * 1024);
  client.send(get("/large") + get("/large"));
  CHECK(client.reply().body == large);
  CHECK(client.reply().body == large);
}

TEST_CASE("a client that leaves stops its handler, by end of file or by reset") {
  for (const bool by_reset : {false, true}) {
    CAPTURE(by_reset);
    Gatepost entered;
    Gatepost left;
    Router router;
    add_route(router, Method::get, "/wait", [&](Exchange& exchange) {
      Gatepost stopped;
      const std::stop_callback on_stop(exchange.request().stop, [&] { stopped.open(); });
      entered.open();
      if (stopped.wait()) left.open();
      exchange.respond(text_response(200, "nobody reads this"));
    });
    const auto server = started(std::move(router));
    Socket client(server->port());
    client.send(get("/wait"));
    REQUIRE(entered.wait());
    by_reset ? client.reset() : client.close();
    CHECK(left.wait());
  }
}

TEST_CASE("a client that leaves after sending its next request early is noticed too") {
  Gatepost entered;
  Gatepost left;
  Router router;
  add_route(router, Method::get, "/wait", [&](Exchange& exchange) {
    Gatepost stopped;
    const std::stop_callback on_stop(exchange.request().stop, [&] { stopped.open(); });
    entered.open();
    if (stopped.wait()) left.open();
    exchange.respond(text_response(200, ""));
  });
  const auto server = started(std::move(router));
  Socket client(server->port());
  client.send(get("/wait") + get("/wait"));
  REQUIRE(entered.wait());
  client.close();
  CHECK(left.wait());
}

TEST_CASE("writing to a client that has left says so") {
  Gatepost over;
  Gatepost go;
  Router router;
  add_route(router, Method::get, "/stream", [&](Exchange& exchange) {
    const auto stream = exchange.stream(200, {});
    stream->write("x");
    Gatepost stopped;
    const std::stop_callback on_stop(exchange.request().stop, [&] { stopped.open(); });
    CHECK(stopped.wait());
    CHECK_FALSE(stream->write("y"));
    CHECK_FALSE(stream->is_open());
    over.open();
  });
  const auto server = started(std::move(router));
  Socket client(server->port());
  client.send(get("/stream"));
  REQUIRE(client.more());
  client.close();
  CHECK(over.wait());
}

TEST_CASE("a request past its time is stopped") {
  Gatepost stopped_once;
  Router router;
  add_route(router, Method::get, "/slow", [&](Exchange& exchange) {
    Gatepost stopped;
    const std::stop_callback on_stop(exchange.request().stop, [&] { stopped.open(); });
    if (stopped.wait()) stopped_once.open();
    exchange.respond(text_response(503, "stopped"));
  });
  ServerOptions options;
  options.request_timeout_us = 50'000;
  const auto server = started(std::move(router), options);
  Socket client(server->port());
  client.send(get("/slow"));
  CHECK(client.reply().body == "stopped");
  CHECK(stopped_once.wait());
}

TEST_CASE("many connections at once, each with its own stream") {
  Router router;
  add_route(
      router, Method::get, "/count/{n}",
      [](Exchange& exchange) {
        const auto stream = exchange.stream(200, {});
        const auto& n = exchange.request().parameters.at("n");
        for (int i = 0; i < 50; ++i) stream->write(n + ";");
        stream->finish();
      },
      0, PoolName::run);
  const auto server = started(std::move(router));
  std::vector<std::unique_ptr<Socket>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<Socket>(server->port()));
    clients.back()->send(get("/count/" + std::to_string(i)));
  }
  for (int i = 0; i < 100; ++i) {
    const auto reply = clients[static_cast<std::size_t>(i)]->reply();
    std::string expected;
    for (int j = 0; j < 50; ++j) expected += std::to_string(i) + ";";
    CHECK(reply.body == expected);
    CHECK(reply.is_complete);
  }
}
