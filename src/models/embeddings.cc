// Calls an OpenAI-compatible server for vectors and believes nothing it says without looking.
#include "models/embeddings.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "model_call.h"

namespace guildhall::models {
namespace {

using Vectors = std::vector<std::vector<float>>;

struct EmbeddingReply {
  Vectors vectors;
  std::optional<std::int64_t> tokens;
  bool is_too_long = false;  ///< the server refused the texts as they are; there are no vectors
};
using EmbeddingAttempt = std::variant<EmbeddingReply, CallFailure>;

std::vector<float> numbers_of_array(const json::Array& array) {
  std::vector<float> numbers;
  numbers.reserve(array.size());
  for (const json::Value& number : array) {
    if (!number.is_number()) return {};
    numbers.push_back(static_cast<float>(number.to_number<double>()));
  }
  return numbers;
}

/// float32, little-endian.
std::vector<float> numbers_of_base64(std::string_view text) {
  const auto bytes = from_base64(text);
  if (!bytes || bytes->size() % 4 != 0) return {};
  std::vector<float> numbers;
  numbers.reserve(bytes->size() / 4);
  for (std::size_t i = 0; i < bytes->size(); i += 4) {
    std::uint32_t bits = 0;
    for (std::size_t b = 4; b-- > 0;) bits = bits << 8 | static_cast<std::uint8_t>((*bytes)[i + b]);
    numbers.push_back(std::bit_cast<float>(bits));
  }
  return numbers;
}

/// Brings a vector to length 1; false for one that has none, or holds what is no number.
bool normalise(std::vector<float>& vector) {
  double squares = 0;
  for (const float number : vector) squares += static_cast<double>(number) * static_cast<double>(number);
  if (!std::isfinite(squares) || squares <= 0) return false;
  const double length = std::sqrt(squares);
  for (float& number : vector) number = static_cast<float>(static_cast<double>(number) / length);
  return true;
}

/// The vector of each text by its index; empty when anything is missing, twice, of another size or no number.
Vectors vectors_in(const json::Value& body, std::size_t count) {
  const json::Array* data = json::find_array(body, "data");
  if (data == nullptr || data->size() != count) return {};
  Vectors vectors(count);
  for (std::size_t i = 0; i < count; ++i) {
    const json::Value& item = (*data)[i];
    const std::int64_t index = json::integer_of(item, "index").value_or(static_cast<std::int64_t>(i));
    const json::Value* embedding = json::find(item, "embedding");
    if (embedding == nullptr || index < 0 || index >= static_cast<std::int64_t>(count)) return {};
    std::vector<float>& vector = vectors[static_cast<std::size_t>(index)];
    if (!vector.empty()) return {};
    if (embedding->is_array()) vector = numbers_of_array(embedding->get_array());
    if (embedding->is_string()) vector = numbers_of_base64(json::view(embedding->get_string()));
    if (vector.empty() || vector.size() > kEmbeddingDimensionsMax || !normalise(vector)) return {};
  }
  const auto has_same_size = [&](const std::vector<float>& vector) { return vector.size() == vectors.front().size(); };
  return std::all_of(vectors.begin(), vectors.end(), has_same_size) ? vectors : Vectors();
}

std::string embedding_body(const Endpoint& endpoint, const std::vector<std::string>& texts) {
  json::Array input;
  for (const std::string& text : texts) input.emplace_back(text);
  return json::write(json::Object{{"model", endpoint.model}, {"input", std::move(input)}, {"encoding_format", "float"}});
}

bool is_about_length(int status) {
  return status == 400 || status == 413 || status == 422;
}

EmbeddingAttempt ask_once(net::Client& client, const Endpoint& endpoint, const std::vector<std::string>& texts,
                          const CallOptions& options) {
  try {
    net::OutboundRequest call = outbound_call(endpoint, "/embeddings", embedding_body(endpoint, texts), options);
    call.response_max_bytes = kEmbeddingReplyBytesMax;
    const net::OutboundResponse response = client.fetch(call);
    if (is_about_length(response.status)) return EmbeddingReply{.vectors = {}, .tokens = {}, .is_too_long = true};
    if (response.status / 100 != 2) return failure_of_status(endpoint, response);
    json::ParseError error;
    const auto body = json::parse(response.body, error);
    EmbeddingReply reply;
    if (body) reply.vectors = vectors_in(*body, texts.size());
    if (reply.vectors.empty()) return final_failure(upstream_refusal(endpoint, "sent something that is no list of vectors"));
    if (const json::Value* usage = json::find(*body, "usage"); usage != nullptr && usage->is_object())
      reply.tokens = json::integer_of(*usage, "prompt_tokens");
    return reply;
  } catch (const net::OutboundError& error) {
    return failure_of_error(endpoint, error, options);
  }
}

/// One request's worth of texts, or less where the server finds them too long.
EmbeddingReply ask_shorter(net::Client& client, const Endpoint& endpoint, std::vector<std::string> texts,
                           const CallOptions& options) {
  const auto reply = with_retries<EmbeddingReply>(endpoint, options, [&] { return ask_once(client, endpoint, texts, options); });
  if (!reply.is_too_long) return reply;
  if (texts.size() == 1) {
    const std::size_t half = texts.front().size() / 2;
    if (half < kEmbeddingCutBytesMin) throw upstream_refusal(endpoint, "refused a text, however short");
    texts.front() = prefix_bytes(texts.front(), half);
    return ask_shorter(client, endpoint, std::move(texts), options);
  }
  EmbeddingReply all;
  all.tokens = 0;
  for (std::string& text : texts) {
    EmbeddingReply one = ask_shorter(client, endpoint, {std::move(text)}, options);
    all.vectors.push_back(std::move(one.vectors.front()));
    all.tokens = all.tokens && one.tokens ? std::optional(*all.tokens + *one.tokens) : std::nullopt;
  }
  return all;
}

}  // namespace

Embedded embed(net::Client& client, const Endpoint& endpoint, const std::vector<std::string>& texts, const CallOptions& options) {
  Embedded embedded;
  for (std::size_t begin = 0; begin < texts.size(); begin += kEmbeddingBatchMax) {
    const std::size_t end = std::min(begin + kEmbeddingBatchMax, texts.size());
    const std::vector<std::string> batch(texts.begin() + static_cast<std::ptrdiff_t>(begin),
                                         texts.begin() + static_cast<std::ptrdiff_t>(end));
    EmbeddingReply reply = ask_shorter(client, endpoint, batch, options);
    if (reply.tokens && *reply.tokens >= 0) {
      embedded.usage.input_tokens += *reply.tokens;
    } else {
      embedded.usage.is_estimated = true;
      for (const std::string& text : batch) embedded.usage.input_tokens += estimate_tokens(text);
    }
    for (std::vector<float>& vector : reply.vectors) {
      if (!embedded.vectors.empty() && vector.size() != embedded.vectors.front().size())
        throw upstream_refusal(endpoint, "sent vectors of different sizes");
      embedded.vectors.push_back(std::move(vector));
    }
  }
  return embedded;
}

}  // namespace guildhall::models
