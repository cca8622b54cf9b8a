// The client against servers on loopback that the gate is told to let through.
#include "net/client.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include "base/time.h"
#include "server_fixture.h"

using namespace guildhall;
using namespace guildhall::net;
using loopback::ScriptedServer;
using loopback::write_all;

namespace {

ClientOptions letting_through(std::initializer_list<std::uint16_t> ports) {
  ClientOptions options;
  for (const auto port : ports) options.allowed.push_back({"127.0.0.1", port});
  return options;
}

std::string at(std::uint16_t port, const std::string& path = "/") {
  return "http://127.0.0.1:" + std::to_string(port) + path;
}

OutboundRequest request_to(const std::string& url, std::int64_t time_us = 5'000'000) {
  OutboundRequest request;
  request.url = url;
  request.deadline_us = monotonic_us() + time_us;
  return request;
}

OutboundFailure failure_of(Client& client, const OutboundRequest& request) {
  try {
    const auto response = client.fetch(request);
    FAIL("answered with " << response.status);
  } catch (const OutboundError& error) {
    return error.failure;
  }
  return OutboundFailure::protocol;
}

std::string ok(const std::string& body, const std::string& fields = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

std::string redirect(int status, const std::string& location) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n";
}

std::function<void(int)> script(std::function<std::string(const std::string&)> answer) {
  return [answer = std::move(answer)](int fd) {
    while (true) {
      const auto head = loopback::read_head(fd);
      if (head.empty() || !write_all(fd, answer(head))) return;
    }
  };
}

/// Echoes method, interesting fields and body.
void add_mirror(Router& router) {
  for (const auto method : {Method::get, Method::post, Method::put, Method::patch, Method::delete_, Method::options}) {
    add_route(
        router, method, "/mirror",
        [](Exchange& exchange) {
          const auto& request = exchange.request();
          std::string text(name(request.method));
          for (const auto* field :
               {"Authorization", "Cookie", "X-Api-Key", "Accept-Language", "Content-Type", "Host", "Expect"}) {
            if (const auto value = request.headers.get(field)) text += "|" + std::string(field) + "=" + std::string(*value);
          }
          exchange.respond(text_response(200, text + "|" + request.body));
        },
        1 << 20);
  }
}

std::string gzipped(std::size_t zeros) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  const std::string piece(1 << 20, '\0');
  std::string out(1 << 20, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  for (std::size_t done = 0; done < zeros; done += piece.size()) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    deflate(&stream, Z_NO_FLUSH);
  }
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

TEST_CASE("the limits are those of the contract") {
  CHECK(limits_of(Caller::webhook).redirects_max == 0);
  CHECK(limits_of(Caller::webhook).timeout_us == seconds(10));
  CHECK(limits_of(Caller::webhook).response_max_bytes == 64 * 1024);
  CHECK(limits_of(Caller::discovery).timeout_us == seconds(5));
  CHECK(limits_of(Caller::discovery).response_max_bytes == 256 * 1024);
  CHECK(limits_of(Caller::crawler).redirects_max == 5);
  CHECK(limits_of(Caller::crawler).timeout_us == seconds(20));
  CHECK(limits_of(Caller::component).redirects_max == 20);
  CHECK(limits_of(Caller::component).timeout_us == seconds(30));
  CHECK(limits_of(Caller::helpdesk).timeout_us == seconds(15));
  CHECK(limits_of(Caller::model).redirects_max == 0);
  CHECK(limits_of(Caller::model).idle_timeout_us == seconds(60));
}

TEST_CASE("every method reaches the server with its fields and body, and the connection is used again") {
  auto router = sample_router();
  add_mirror(router);
  const auto server = started(std::move(router));
  Client client(letting_through({server->port()}));
  const std::string host = "|Host=127.0.0.1:" + std::to_string(server->port());
  for (const auto method : {Method::get, Method::post, Method::put, Method::patch, Method::delete_, Method::options}) {
    auto request = request_to(at(server->port(), "/mirror"));
    request.method = method;
    request.headers.add("X-Api-Key", "k");
    request.headers.add("Host", "evil");
    if (method != Method::get) request.body = std::string(3000, 'b');
    const auto response = client.fetch(request);
    CHECK(response.status == 200);
    CHECK(response.headers.get("content-type") == "text/plain");
    CHECK(response.body == std::string(name(method)) + "|X-Api-Key=k" + host + "|" + request.body);
    CHECK(response.final_url == at(server->port(), "/mirror"));
  }
  auto head = request_to(at(server->port(), "/hello"));
  head.method = Method::head;
  CHECK(client.fetch(head).body.empty());
  auto empty_post = request_to(at(server->port(), "/mirror"));
  empty_post.method = Method::post;
  CHECK(client.fetch(empty_post).body == "POST" + host + "|");
  CHECK(client.fetch(request_to(at(server->port(), "/nothing"))).status == 404);
  CHECK(server->open_connections() == 1);
}

TEST_CASE("many threads share one client") {
  const auto server = started(sample_router());
  Client client(letting_through({server->port()}));
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        good += client.fetch(request_to(at(server->port(), "/hello/" + std::to_string(i)))).body == std::to_string(i);
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 400);
  CHECK(server->open_connections() <= 8);
}

TEST_CASE("a port or an address nobody let through is never connected to") {
  ScriptedServer canary([](int) {});
  Client client(letting_through({1}));
  CHECK(failure_of(client, request_to(at(canary.port))) == OutboundFailure::destination_refused);
  ClientOptions options;
  options.resolve = [](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; };
  options.allowed = {{"other.example", canary.port}};
  Client other(options);
  CHECK(failure_of(other, request_to("http://name.example:" + std::to_string(canary.port))) ==
        OutboundFailure::destination_refused);
  CHECK(canary.accepted == 0);
}

TEST_CASE("a name is resolved once and connected to where the answer says") {
  ScriptedServer server(script([](const std::string&) { return ok("pinned"); }));
  std::atomic<int> asked{0};
  ClientOptions options;
  options.allowed = {{"let-through.example", server.port}};
  options.resolve = [&](const std::string& host) {
    ++asked;
    return host == "let-through.example" ? std::vector<std::string>{"127.0.0.1"} : std::vector<std::string>{};
  };
  Client client(options);
  CHECK(client.fetch(request_to("http://Let-Through.example:" + std::to_string(server.port))).body == "pinned");
  CHECK(asked == 1);
  CHECK(failure_of(client, request_to("http://unknown.example/")) == OutboundFailure::unreachable);
}

TEST_CASE("proxies of the environment are not asked") {
  ScriptedServer proxy([](int) {});
  ScriptedServer server(script([](const std::string&) { return ok("direct"); }));
  const auto url = at(proxy.port);
  setenv("http_proxy", url.c_str(), 1);
  setenv("ALL_PROXY", url.c_str(), 1);
  Client client(letting_through({server.port}));
  CHECK(client.fetch(request_to(at(server.port))).body == "direct");
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  CHECK(proxy.accepted == 0);
}

TEST_CASE("redirects are followed one by one, each through the gate") {
  ScriptedServer canary([](int) {});
  ScriptedServer server(script([&](const std::string& head) {
    const auto path = head.substr(4, head.find(' ', 4) - 4);
    if (path == "/one") return redirect(302, "/two");
    if (path == "/two") return redirect(301, "three?x=1");
    if (path == "/three?x=1") return ok("arrived");
    if (path == "/loop") return redirect(302, "/loop");
    if (path == "/metadata") return redirect(302, "http://169.254.169.254/latest/meta-data/");
    if (path == "/canary") return redirect(302, at(canary.port));
    if (path == "/file") return redirect(302, "file:///etc/passwd");
    if (path == "/user") return redirect(302, "//user@127.0.0.1/");
    if (path == "/nowhere") return std::string("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n");
    return std::string("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  }));
  Client client(letting_through({server.port}));
  const auto response = client.fetch(request_to(at(server.port, "/one")));
  CHECK(response.body == "arrived");
  CHECK(response.final_url == at(server.port, "/three?x=1"));
  CHECK(client.fetch(request_to(at(server.port, "/nowhere"))).status == 302);
  CHECK(failure_of(client, request_to(at(server.port, "/loop"))) == OutboundFailure::protocol);
  for (const auto* path : {"/metadata", "/canary", "/file", "/user"}) {
    CAPTURE(path);
    CHECK(failure_of(client, request_to(at(server.port, path))) == OutboundFailure::destination_refused);
  }
  CHECK(canary.accepted == 0);
  auto one_only = request_to(at(server.port, "/one"));
  one_only.redirects_max = 1;
  CHECK(failure_of(client, one_only) == OutboundFailure::protocol);
  auto webhook = request_to(at(server.port, "/one"));
  webhook.caller = Caller::webhook;
  webhook.redirects_max = 9;
  CHECK(client.fetch(webhook).status == 302);
}

TEST_CASE("credentials stay with their origin, methods change as RFC 9110 says") {
  auto router = sample_router();
  add_mirror(router);
  const auto other = started(std::move(router));
  auto own_router = sample_router();
  add_mirror(own_router);
  std::uint16_t own_port = 0;
  const auto other_port = other->port();
  for (const auto& [path, status] : {std::pair{"/302", 302}, {"/303", 303}, {"/307", 307}, {"/308", 308}}) {
    for (const bool crosses : {false, true}) {
      for (const auto method : {Method::post, Method::put}) {
        add_route(own_router, method, std::string(path) + (crosses ? "/other" : "/own"),
                  [&own_port, other_port, crosses, code = status](Exchange& exchange) {
                    auto response = text_response(code, "");
                    response.headers.add("Location", at(crosses ? other_port : own_port, "/mirror"));
                    exchange.respond(std::move(response));
                  });
      }
    }
  }
  const auto own = started(std::move(own_router));
  own_port = own->port();
  Client client(letting_through({own_port, other_port}));
  const auto ask = [&](const std::string& path, Method method) {
    auto request = request_to(at(own_port, path));
    request.method = method;
    request.body = "body";
    request.headers.add("Authorization", "Bearer x");
    request.headers.add("Cookie", "c=1");
    request.headers.add("X-Api-Key", "k");
    request.headers.add("Accept-Language", "de");
    request.headers.add("Content-Type", "a/b");
    return client.fetch(request).body;
  };
  const std::string secrets = "|Authorization=Bearer x|Cookie=c=1|X-Api-Key=k";
  const std::string own_host = "|Host=127.0.0.1:" + std::to_string(own_port) + "|";
  const std::string other_host = "|Host=127.0.0.1:" + std::to_string(other_port) + "|";
  CHECK(ask("/302/own", Method::post) == "GET" + secrets + "|Accept-Language=de" + own_host);
  CHECK(ask("/302/own", Method::put) == "PUT" + secrets + "|Accept-Language=de|Content-Type=a/b" + own_host + "body");
  CHECK(ask("/303/own", Method::put) == "GET" + secrets + "|Accept-Language=de" + own_host);
  CHECK(ask("/307/own", Method::post) == "POST" + secrets + "|Accept-Language=de|Content-Type=a/b" + own_host + "body");
  CHECK(ask("/303/other", Method::post) == "GET|Accept-Language=de" + other_host);
  CHECK(ask("/308/other", Method::post) == "POST|Accept-Language=de|Content-Type=a/b" + other_host + "body");
}

TEST_CASE("a response past its limit is given up, announced or not, packed or not") {
  const std::string bomb = gzipped(64 << 20);
  CHECK(bomb.size() < 100'000);
  ScriptedServer server([&](int fd) {
    const auto head = loopback::read_head(fd);
    if (head.find(" /announced ") != head.npos) {
      write_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n");
      const std::string piece(1 << 16, 'x');
      while (write_all(fd, piece)) {
      }
    } else if (head.find(" /endless ") != head.npos) {
      write_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      const std::string piece = "10000\r\n" + std::string(1 << 16, 'x') + "\r\n";
      while (write_all(fd, piece)) {
      }
    } else if (head.find(" /bomb ") != head.npos) {
      write_all(fd, ok(bomb, "Content-Encoding: gzip\r\n"));
    } else if (head.find(" /headers ") != head.npos) {
      write_all(fd, "HTTP/1.1 200 OK\r\n");
      while (write_all(fd, "X-Field: " + std::string(1000, 'x') + "\r\n")) {
      }
    } else if (head.find(" /informational ") != head.npos) {
      while (write_all(fd, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")) {
      }
    }
  });
  Client client(letting_through({server.port}));
  for (const auto* path : {"/announced", "/endless", "/bomb", "/headers", "/informational"}) {
    CAPTURE(path);
    CHECK(failure_of(client, request_to(at(server.port, path), 20'000'000)) == OutboundFailure::too_large);
  }
  auto webhook = request_to(at(server.port, "/bomb"));
  webhook.caller = Caller::webhook;
  CHECK(failure_of(client, webhook) == OutboundFailure::too_large);
}

TEST_CASE("a packed response is unpacked") {
  const std::string packed = gzipped(1 << 20);
  ScriptedServer server(script([&](const std::string&) { return ok(packed, "Content-Encoding: gzip\r\n"); }));
  Client client(letting_through({server.port}));
  CHECK(client.fetch(request_to(at(server.port))).body == std::string(1 << 20, '\0'));
}

TEST_CASE("silent and dripping servers run into the deadline") {
  ScriptedServer server([](int fd) {
    const auto head = loopback::read_head(fd);
    if (head.find(" /silent ") != head.npos) {
      char c = 0;
      ::recv(fd, &c, 1, 0);
      return;
    }
    write_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    pollfd peer{fd, POLLIN, 0};
    while (::poll(&peer, 1, 5) == 0 && write_all(fd, "x")) {
    }
  });
  Client client(letting_through({server.port}));
  for (const auto* path : {"/silent", "/drip"}) {
    const auto start_us = monotonic_us();
    CHECK(failure_of(client, request_to(at(server.port, path), 100'000)) == OutboundFailure::timeout);
    CHECK(monotonic_us() - start_us < 1'000'000);
  }
  CHECK(failure_of(client, request_to(at(server.port), 0)) == OutboundFailure::timeout);
}

TEST_CASE("a stop request ends a fetch within a tenth of a second") {
  ScriptedServer server([](int fd) {
    loopback::read_head(fd);
    char c = 0;
    ::recv(fd, &c, 1, 0);
  });
  Client client(letting_through({server.port}));
  std::stop_source stop;
  auto request = request_to(at(server.port));
  request.stop = stop.get_token();
  std::int64_t stopped_us = 0;
  std::thread stopper([&] {
    while (server.accepted == 0) std::this_thread::yield();
    stopped_us = monotonic_us();
    stop.request_stop();
  });
  CHECK(failure_of(client, request) == OutboundFailure::cancelled);
  const auto ended_us = monotonic_us();
  stopper.join();
  CHECK(ended_us - stopped_us < 100'000);
  CHECK(failure_of(client, request) == OutboundFailure::cancelled);
  CHECK(server.accepted == 1);
}

TEST_CASE("a streamed body is handed on as it comes, and the reader may end it") {
  Gatepost first_seen;
  auto router = sample_router();
  add_route(router, Method::get, "/stream", [&](Exchange& exchange) {
    const auto stream = exchange.stream(200, {});
    stream->write("first");
    if (first_seen.wait()) stream->write("second");
    stream->finish();
  });
  add_route(router, Method::get, "/flood", [](Exchange& exchange) {
    const auto stream = exchange.stream(200, {});
    while (stream->write(std::string(1000, 'x'))) {
    }
  });
  const auto server = started(std::move(router));
  Client client(letting_through({server->port()}));
  std::string got;
  auto request = request_to(at(server->port(), "/stream"));
  request.caller = Caller::model;
  request.on_body = [&](std::string_view piece) {
    got += piece;
    if (got == "first") first_seen.open();
    return true;
  };
  const auto response = client.fetch(request);
  CHECK(response.status == 200);
  CHECK(response.body.empty());
  CHECK(got == "firstsecond");
  request.url = at(server->port(), "/nothing");
  CHECK(client.fetch(request).body.rfind("not_found", 0) == 0);
  request.url = at(server->port(), "/flood");
  std::size_t seen = 0;
  request.on_body = [&](std::string_view piece) {
    seen += piece.size();
    return seen < 5000;
  };
  CHECK_NOTHROW(client.fetch(request));
  CHECK(seen >= 5000);
}

TEST_CASE("servers that do not speak HTTP, or break off, are told apart") {
  ScriptedServer server([](int fd) {
    const auto head = loopback::read_head(fd);
    if (head.find(" /garbage ") != head.npos) write_all(fd, "SSH-2.0-OpenSSH_9\r\n");
    if (head.find(" /cut ") != head.npos) write_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  });
  Client client(letting_through({server.port, 1}));
  CHECK(failure_of(client, request_to(at(server.port, "/garbage"))) == OutboundFailure::protocol);
  CHECK(failure_of(client, request_to(at(server.port, "/cut"))) == OutboundFailure::protocol);
  CHECK(failure_of(client, request_to(at(server.port, "/nothing"))) == OutboundFailure::unreachable);
  CHECK(failure_of(client, request_to(at(1))) == OutboundFailure::unreachable);
}
