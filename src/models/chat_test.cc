// The chat client against a server that speaks the real wire format, and misbehaves.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "base/errors.h"
#include "base/time.h"
#include "chat_wire.h"
#include "models/chat.h"
#include "support/stub_model.h"

namespace guildhall::models {
namespace {

struct Bench {
  test::StubModel stub;
  net::Client client{net::ClientOptions{.allowed = {{"127.0.0.1", stub.port()}}, .connections_per_host_max = 8, .resolve = {}}};

  Endpoint endpoint(std::string model = "gpt-4o-mini") const {
    return {.provider = "openai", .base_url = stub.base_url(), .api_key = Secret("sk-test"), .model = std::move(model)};
  }
  static ChatRequest request(std::string text) {
    ChatRequest request;
    request.messages = {{Role::system, "Be brief.", {}}, {Role::user, std::move(text), {}}};
    return request;
  }
};

Refusal refusal_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Refusal& refusal) {
    return refusal;
  }
  return {Code::internal_error, "nothing was refused"};
}

}  // namespace

TEST_CASE("a reply carries text, model and the server's own usage") {
  Bench bench;
  const ChatReply reply = chat(bench.client, bench.endpoint(), Bench::request("Hello there"), {});
  CHECK(reply.text == "You said: Hello there");
  CHECK(reply.model == "gpt-4o-mini");
  CHECK(reply.finish_reason == "stop");
  CHECK(reply.usage.input_tokens == 4);
  CHECK(reply.usage.output_tokens == 4);
  CHECK_FALSE(reply.usage.is_estimated);
  REQUIRE(bench.stub.requests().size() == 1);
  CHECK(
      json::write(bench.stub.requests()[0]) ==
      R"({"model":"gpt-4o-mini","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello there"}]})");
  CHECK(bench.stub.authorizations()[0] == "Bearer sk-test");
}

TEST_CASE("a streamed reply comes in chunks that add up, with usage from the last event") {
  Bench bench;
  std::string streamed;
  int chunks = 0;
  CallOptions options;
  options.on_chunk = [&](std::string_view chunk) {
    streamed += chunk;
    ++chunks;
    return true;
  };
  const ChatReply reply = chat(bench.client, bench.endpoint(), Bench::request("one two three"), options);
  CHECK(reply.text == "You said: one two three");
  CHECK(streamed == reply.text);
  CHECK(chunks == 5);
  CHECK(reply.usage.output_tokens == 5);
  CHECK_FALSE(reply.usage.is_estimated);
  CHECK(json::write(*json::find(bench.stub.requests()[0], "stream_options")) == R"({"include_usage":true})");
}

TEST_CASE("a server that ignores `stream` still gives one chunk") {
  Bench bench;
  std::string streamed;
  CallOptions options;
  options.on_chunk = [&](std::string_view chunk) {
    streamed += chunk;
    return true;
  };
  CHECK(chat(bench.client, bench.endpoint("stub:plain"), Bench::request("x"), options).text == "You said: x");
  CHECK(streamed == "You said: x");
}

TEST_CASE("usage a server does not report is estimated and marked") {
  Bench bench;
  for (const bool is_streamed : {false, true}) {
    CallOptions options;
    if (is_streamed) options.on_chunk = [](std::string_view) { return true; };
    const ChatReply reply = chat(bench.client, bench.endpoint("stub:nousage"), Bench::request("abcdefgh"), options);
    CHECK(reply.usage.is_estimated);
    CHECK(reply.usage.input_tokens == 5);   // "Be brief." is 9 characters, the turn 8
    CHECK(reply.usage.output_tokens == 5);  // "You said: abcdefgh"
  }
}

TEST_CASE("429 is tried again twice, then it is the caller's") {
  Bench bench;
  CHECK(chat(bench.client, bench.endpoint("stub:429x2"), Bench::request("again"), {}).text == "You said: again");
  CHECK(bench.stub.requests().size() == 3);
  bench.stub.forget_requests();
  const Refusal refusal = refusal_of([&] { chat(bench.client, bench.endpoint("stub:429x9"), Bench::request("again"), {}); });
  CHECK(refusal.code == Code::upstream_error);
  CHECK(bench.stub.requests().size() == 3);
}

TEST_CASE("errors name the model and never carry the server's words") {
  Bench bench;
  struct Row {
    const char* model;
    bool is_streamed;
    std::size_t calls;
  };
  for (const Row& row : {Row{"stub:500", false, 3}, Row{"stub:500", true, 3}, Row{"stub:garbage", false, 1},
                         Row{"stub:garbage", true, 1}, Row{"stub:break", true, 1}}) {
    CAPTURE(row.model);
    CAPTURE(row.is_streamed);
    bench.stub.forget_requests();
    CallOptions options;
    if (row.is_streamed) options.on_chunk = [](std::string_view) { return true; };
    const Refusal refusal =
        refusal_of([&] { chat(bench.client, bench.endpoint(row.model), Bench::request("some words to say"), options); });
    CHECK(refusal.code == Code::upstream_error);
    CHECK(refusal.message.find(row.model) != std::string::npos);
    CHECK(refusal.message.find("UPSTREAM-BODY") == std::string::npos);
    CHECK(bench.stub.requests().size() == row.calls);
  }
}

TEST_CASE("an address the gate does not let out is an upstream error that names the way") {
  net::Client closed{net::ClientOptions{}};
  const Endpoint endpoint{.provider = "openai", .base_url = "http://127.0.0.1:9/v1", .api_key = {}, .model = "local"};
  const Refusal refusal = refusal_of([&] { chat(closed, endpoint, Bench::request("x"), {}); });
  CHECK(refusal.code == Code::upstream_error);
  CHECK(refusal.message.find("GUILDHALL_OUTBOUND_ALLOW") != std::string::npos);
}

TEST_CASE("a run's deadline ends a call that hangs with run_timeout") {
  Bench bench;
  CallOptions options;
  options.deadline_us = monotonic_us() + 200'000;
  const std::int64_t begun_us = monotonic_us();
  CHECK(refusal_of([&] { chat(bench.client, bench.endpoint("stub:hang"), Bench::request("x"), options); }).code ==
        Code::run_timeout);
  CHECK(monotonic_us() - begun_us < 2'000'000);
}

TEST_CASE("the stop token ends a call within a second") {
  Bench bench;
  std::stop_source source;
  CallOptions options;
  options.stop = source.get_token();
  std::thread stopper([&] {
    while (bench.stub.requests().empty()) std::this_thread::yield();
    source.request_stop();
  });
  const std::int64_t begun_us = monotonic_us();
  bool is_cancelled = false;
  try {
    chat(bench.client, bench.endpoint("stub:hang"), Bench::request("x"), options);
  } catch (const net::OutboundError& error) {
    is_cancelled = error.failure == net::OutboundFailure::cancelled;
  }
  stopper.join();
  CHECK(is_cancelled);
  CHECK(monotonic_us() - begun_us < 1'000'000);
}

TEST_CASE("a chunk nobody wants cancels the call") {
  Bench bench;
  CallOptions options;
  int chunks = 0;
  options.on_chunk = [&](std::string_view) { return ++chunks < 2; };
  CHECK_THROWS_AS(chat(bench.client, bench.endpoint(), Bench::request("one two three four"), options), net::OutboundError);
  CHECK(chunks == 2);
}

TEST_CASE("an empty answer is an answer; one over 2 MiB is not") {
  Bench bench;
  CHECK(chat(bench.client, bench.endpoint("stub:empty"), Bench::request("x"), {}).text.empty());
  CHECK(refusal_of([&] { chat(bench.client, bench.endpoint("stub:long"), Bench::request("x"), {}); }).code ==
        Code::limit_exceeded);
}

TEST_CASE("reasoning models get neither temperature nor seed, and their own token limit") {
  ChatRequest request = Bench::request("x");
  request.temperature = 0.1;
  request.seed = 1;
  request.tokens_max = 50;
  request.json_mode = true;
  const auto body = [&](std::string model) {
    return request_body({.provider = {}, .base_url = {}, .api_key = {}, .model = std::move(model)}, request, false);
  };
  CHECK(body("gpt-4o").find(R"("temperature":0.1,"seed":1,"max_tokens":50,"response_format":{"type":"json_object"})") !=
        std::string::npos);
  for (const char* model : {"o1", "o3-mini", "o4-mini", "gpt-5", "gpt-5-nano", "openai/o3"}) {
    CAPTURE(model);
    CHECK(body(model).find("temperature") == std::string::npos);
    CHECK(body(model).find("seed") == std::string::npos);
    CHECK(body(model).find(R"("max_completion_tokens":50)") != std::string::npos);
  }
  CHECK_FALSE(is_reasoning_model("o1x"));
  CHECK_FALSE(is_reasoning_model("gpt-50"));
}

TEST_CASE("images travel as parts beside the text") {
  ChatRequest request;
  request.messages = {{Role::user, "What is this?", {"data:image/png;base64,AAAA"}}};
  CHECK(request_body({.provider = {}, .base_url = {}, .api_key = {}, .model = "m"}, request, false) ==
        R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},)"
        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]})");
}

TEST_CASE("a stream cut anywhere reads the same; one that is no stream is broken, not a crash") {
  const std::string stream =
      "data: {\"choices\":[{\"delta\":{\"content\":\"Hé\"},\"finish_reason\":null}]}\n\n"
      "data: {\"choices\":[{\"delta\":{\"content\":\"llo\"},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    ReplyStream reader([](std::string_view) { return true; });
    reader.feed(std::string_view(stream).substr(0, cut));
    reader.feed(std::string_view(stream).substr(cut));
    const auto reply = reader.finish();
    REQUIRE(reply);
    CHECK(reply->text == "Héllo");
    CHECK(reply->finish_reason == "length");
  }
  for (const char* bad :
       {"", "   ", "data: [1]\n\n", "data: {\"error\":{}}\n\n", "<html>", "data: {\"choices\":[{\"delta\":", "{\"a\":1}"}) {
    CAPTURE(bad);
    ReplyStream reader([](std::string_view) { return true; });
    reader.feed(bad);
    CHECK_FALSE(reader.finish());
  }
}

}  // namespace guildhall::models
