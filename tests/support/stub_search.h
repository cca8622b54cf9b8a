// The stub's embeddings and reranking: what a request's answer is, by the request alone.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "net/http.h"

namespace guildhall::test {

net::Response json_response(int status, const json::Value& body);
net::Response error_response(int status, std::string_view message);

/// The misbehaviour a request asks for; empty: none.
std::string embedding_command(const json::Value& body);
net::Response embeddings_answer(const json::Value& body, const std::string& command);
std::string rerank_command(const json::Value& body);
net::Response rerank_answer(const json::Value& body, const std::string& command);

}  // namespace guildhall::test
