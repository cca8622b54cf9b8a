// Embedding models: texts in, vectors out (contracts/support-partner.md §2.5 point 3).
#pragma once

#include <string>
#include <vector>

#include "models/chat.h"
#include "net/client.h"

namespace guildhall::models {

struct Embedded {
  std::vector<std::vector<float>> vectors;  ///< in the order of the texts, of equal size, each of length 1
  Usage usage;                              ///< input tokens; estimated and marked where the server reports none
};

/// `POST {base_url}/embeddings` of an OpenAI-compatible server, a few texts at a time. Numbers are asked for as JSON; base64 is
/// read where a server insists. Texts the server refuses as too long (400, 413, 422) are asked one by one, and cut in half until
/// they are taken or shorter than half a kilobyte. Retries and refuses like chat(); an answer with another number of vectors, of
/// different or absurd sizes, or with numbers that are none is Refusal(upstream_error).
Embedded embed(net::Client& client, const Endpoint& endpoint, const std::vector<std::string>& texts, const CallOptions& options);

}  // namespace guildhall::models
