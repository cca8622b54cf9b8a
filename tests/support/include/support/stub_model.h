// A model server for tests and benchmarks: the OpenAI wire format on loopback, replies that depend on the request alone.
//
// The reply is "You said: <last user message>". It misbehaves on command, by the model name or a last user message of the form
// `stub:<command>`: `stub:429x2` (two refusals, then an answer), `stub:500`, `stub:garbage`, `stub:break` (the stream ends in the
// middle), `stub:hang` (until the caller leaves), `stub:empty`, `stub:long` (more than 2 MiB), `stub:plain` (ignores `stream`),
// `stub:nousage`, `stub:reply=<text>`, `stub:obedient` (support/obedient_model.h).
//
// Embeddings are made of words and their letters, so that texts that share either are near, and of a few synonyms. They misbehave
// by the model name or the first word of the first text: as above with `429x2`, `500`, `garbage`, `hang`, `nousage`, and with
// `stub:count` (a vector too few), `stub:size=8` (so many numbers), `stub:sizes` (different ones), `stub:nan`, `stub:zero`,
// `stub:base64`, `stub:order` (by index, backwards), `stub:long=40` (400 for texts of more bytes). Reranking counts shared words,
// and misbehaves by model name or query: `500`, `hang`, `garbage`, `count`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"

namespace guildhall::test {

struct StubModelOptions {
  std::uint16_t port = 0;        ///< 0 chooses one
  std::int64_t delay_ms = 0;     ///< before the first byte, and spread over the chunks of a stream
  std::size_t chunks = 0;        ///< pieces of a streamed reply; 0: one per word
  std::size_t threads_max = 64;  ///< replies under way at once
};

/// Serves from construction to destruction. Thread-safe.
class StubModel {
 public:
  explicit StubModel(const StubModelOptions& options = {});
  ~StubModel();
  StubModel(const StubModel&) = delete;
  StubModel& operator=(const StubModel&) = delete;

  std::uint16_t port() const;
  /// Up to and with `/v1`.
  std::string base_url() const;
  /// Bodies of the chat completions it was sent, in the order they came.
  std::vector<json::Value> requests() const;
  /// Bodies of the embeddings and rerankings it was asked for.
  std::vector<json::Value> search_requests() const;
  /// Authorization headers of the chat completions.
  std::vector<std::string> authorizations() const;
  void forget_requests();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guildhall::test
