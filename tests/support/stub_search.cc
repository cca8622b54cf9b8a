// Vectors of words, their letters and a few synonyms; relevance by shared words.
#include "stub_search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/text.h"

namespace guildhall::test {
namespace {

constexpr std::string_view kStubCommand = "stub:";
constexpr std::size_t kStubDimensions = 256;

/// So that a paraphrase is near although it shares no letters.
constexpr std::pair<std::string_view, std::string_view> kSynonyms[] = {
    {"automobile", "car"}, {"reimbursement", "refund"}, {"physician", "doctor"}, {"parcel", "package"}, {"purchase", "order"}};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : ascii_lower(text) + " ") {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) & 0x80) != 0;
    if (is_letter) {
      word += c;
    } else if (!word.empty()) {
      for (const auto& [synonym, plain] : kSynonyms)
        if (word == synonym) word = plain;
      words.push_back(std::exchange(word, {}));
    }
  }
  return words;
}

void add_feature(std::vector<double>& sums, std::string_view feature, double weight) {
  const std::uint64_t hash = mix64(feature);
  sums[hash % sums.size()] += (hash >> 32) % 2 == 0 ? weight : -weight;
}

std::vector<double> numbers_of(std::string_view text, std::size_t size) {
  std::vector<double> sums(size);
  for (const std::string& word : words_of(text)) {
    add_feature(sums, word, 1);
    const std::string padded = "^" + word + "$";
    for (std::size_t i = 0; i + 3 <= padded.size(); ++i) add_feature(sums, padded.substr(i, 3), 0.4);
  }
  double squares = 0;
  for (const double sum : sums) squares += sum * sum;
  if (squares == 0) sums[0] = squares = 1;
  for (double& sum : sums) sum /= std::sqrt(squares);
  return sums;
}

json::Value as_array(const std::vector<double>& numbers) {
  json::Array array;
  for (const double number : numbers) array.emplace_back(number);
  return array;
}

json::Value as_base64(const std::vector<double>& numbers) {
  std::string bytes;
  for (const double number : numbers) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(number));
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFF);
  }
  return json::Value(to_base64(bytes));
}

/// What follows `name=` in the command.
std::optional<std::size_t> argument_of(const std::string& command, std::string_view name) {
  if (!command.starts_with(name)) return std::nullopt;
  const auto number = parse_integer(std::string_view(command).substr(name.size()));
  return number ? std::optional(static_cast<std::size_t>(*number)) : std::nullopt;
}

json::Value embedding_of(std::string_view text, std::size_t index, const std::string& command) {
  std::size_t size = argument_of(command, "size=").value_or(kStubDimensions);
  if (command == "sizes") size += index;
  std::vector<double> numbers = numbers_of(text, size);
  if (command == "zero") std::fill(numbers.begin(), numbers.end(), 0);
  if (command == "base64") return as_base64(numbers);
  json::Value array = as_array(numbers);
  if (command == "nan") array.as_array()[0] = nullptr;
  return array;
}

std::string command_in(const json::Value& body, std::string_view text) {
  const std::string_view model = json::text_of(body, "model");
  if (model.starts_with(kStubCommand)) return std::string(model.substr(kStubCommand.size()));
  if (!text.starts_with(kStubCommand)) return {};
  return std::string(text.substr(kStubCommand.size(), text.find(' ') - kStubCommand.size()));
}

json::Array inputs_of(const json::Value& body) {
  const json::Value* input = json::find(body, "input");
  if (input == nullptr) return {};
  return input->is_array() ? input->get_array() : json::Array{*input};
}

std::string_view text_in(const json::Value& value) {
  return value.is_string() ? json::view(value.get_string()) : std::string_view();
}

}  // namespace

net::Response json_response(int status, const json::Value& body) {
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = json::write(body);
  return response;
}

net::Response error_response(int status, std::string_view message) {
  return json_response(
      status, json::Object{{"error", json::Object{{"message", message}, {"type", "server_error"}, {"secret", "UPSTREAM-BODY"}}}});
}

std::string embedding_command(const json::Value& body) {
  const json::Array inputs = inputs_of(body);
  return command_in(body, inputs.empty() ? std::string_view() : text_in(inputs.front()));
}

net::Response embeddings_answer(const json::Value& body, const std::string& command) {
  const json::Array inputs = inputs_of(body);
  if (inputs.empty()) return error_response(400, "no input");
  json::Array data;
  std::size_t words = 0;
  for (const json::Value& input : inputs) {
    const std::string_view text = text_in(input);
    if (const auto most = argument_of(command, "long="); most && text.size() > *most) return error_response(400, "too long");
    words += words_of(text).size();
    data.push_back(
        json::Object{{"object", "embedding"}, {"index", data.size()}, {"embedding", embedding_of(text, data.size(), command)}});
  }
  if (command == "count") data.pop_back();
  if (command == "order") std::reverse(data.begin(), data.end());
  json::Object answer{{"object", "list"}, {"data", std::move(data)}, {"model", json::text_of(body, "model")}};
  if (command != "nousage") answer["usage"] = json::Object{{"prompt_tokens", words}, {"total_tokens", words}};
  return json_response(200, answer);
}

std::string rerank_command(const json::Value& body) {
  return command_in(body, json::text_of(body, "query"));
}

net::Response rerank_answer(const json::Value& body, const std::string& command) {
  const json::Array* documents = json::find_array(body, "documents");
  if (documents == nullptr) return error_response(400, "no documents");
  const auto asked = words_of(json::text_of(body, "query"));
  json::Array results;
  for (std::size_t i = 0; i < documents->size(); ++i) {
    const auto there = words_of(text_in((*documents)[i]));
    const std::set<std::string> words(there.begin(), there.end());
    const auto shared = std::count_if(asked.begin(), asked.end(), [&](const auto& word) { return words.contains(word); });
    results.push_back(json::Object{{"index", i}, {"relevance_score", static_cast<double>(shared) / 10}});
  }
  std::reverse(results.begin(), results.end());
  if (command == "count" && !results.empty()) results.pop_back();
  return json_response(200, json::Object{{"results", std::move(results)}});
}

}  // namespace guildhall::test
