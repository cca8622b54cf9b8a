// Organizations made through the server's own interface: sellers with a published agent, buyers with a subscription to it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire.h"

namespace guildhall::test {

/// Sends JSON and reads JSON; throws with everything that was said when the status is not the expected one.
json::Value ask(Wire& wire, std::string_view method, const std::string& target, std::string_view credential,
                const json::Value& body, int status);
json::Value ask(Wire& wire, std::string_view method, const std::string& target, std::string_view credential, int status = 200);

std::string text_at(const json::Value& value, std::string_view member);
/// The string at `member`, with dashes when it is a UUID written without.
std::string id_at(const json::Value& value, std::string_view member);

struct Person {
  std::string email;
  std::string password;
  std::string account;
  std::string token;
};
/// Registers and signs in. `name` is part of the address and of the organization made for it.
Person sign_up(Wire& wire, const std::string& name);
void sign_in(Wire& wire, Person& person);

struct SellerWish {
  std::string name;
  std::string flow = "flows/support-agent.json";  ///< below examples/
  std::string agent_name = "Test agent";
  std::string prompt_canary;  ///< stands in the prompt of its flow
  std::int64_t timeout_seconds = 30;
};

struct Seller {
  Person person;
  std::string organization;
  std::string service_provider;
  std::string project;
  std::string studio_key;
  std::string agent;      ///< UUID
  std::string reference;  ///< the provider's own name for it
  std::string flow;
  std::string version;  ///< number
  std::string offering;
  std::vector<std::string> plans;  ///< "Big", then the cheaper "Basic"
};
inline SellerWish seller_named(std::string name) {
  SellerWish wish;
  wish.name = std::move(name);
  return wish;
}
/// With two plans, "Basic" and "Big", without quota, 100 calls a second each.
Seller make_seller(Wire& wire, const SellerWish& wish);
/// Makes a signed-up person one.
Seller make_seller(Wire& wire, const SellerWish& wish, Person person);

struct Buyer {
  Person person;
  std::string organization;
  std::string project;
  std::string order;
  std::string subscription;
  std::string key_id;
  std::string key;
};
Buyer make_buyer(Wire& wire, const std::string& name, const Seller& seller);
/// Orders the seller's first plan for a signed-up person.
Buyer make_buyer(Wire& wire, Person person, const std::string& name, const Seller& seller);

struct MadeKey {
  std::string id;
  std::string plaintext;
};
MadeKey make_key(Wire& wire, const Buyer& buyer, const std::string& name);

/// A question with its answer as a document; returns its id.
std::string teach(Wire& wire, const Buyer& buyer, const std::string& question, const std::string& answer);
/// Asks until every document of the subscription is indexed; throws when one failed or a minute passed.
void await_indexed(Wire& wire, const Buyer& buyer);
/// The same below `place`: "/api/v1/access/{id}" or "/api/v1/agents/{id}/knowledge".
void await_documents(Wire& wire, const std::string& place, const std::string& credential);

/// A question set with one case that expects a refusal, asked once to the end.
struct Measured {
  std::string set;
  std::string question_case;
  std::string run;
};
/// Below `place`: "/api/v1/access/{id}/evaluation" or "/api/v1/agents/{id}/evaluation".
Measured measure(Wire& wire, const std::string& place, const std::string& credential, const std::string& question);

/// The repository's examples/, from GUILDHALL_SOURCE_DIR.
std::string example_text(const std::string& path);

}  // namespace guildhall::test
