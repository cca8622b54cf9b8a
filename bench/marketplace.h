// A database with one published agent and many customers who bought it, each with a key of its own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace guildhall::bench {

struct Marketplace {
  std::string agent;              ///< its id
  std::vector<std::string> keys;  ///< one per customer, so that no rate limit binds
};

/// Fills an empty database. The plan is the Enterprise preset: unlimited, metered, 100 calls a second.
Marketplace make_marketplace(const std::string& database_url, const std::string& flow_bytes, std::size_t customers);

/// Who may upload documents for the subscription.
struct KnowledgeCustomer {
  std::string subscription;
  std::string key;  ///< to read and to configure
};
/// As make_marketplace, with customers who teach their agent.
std::vector<KnowledgeCustomer> make_knowledge_customers(const std::string& database_url, const std::string& flow_bytes,
                                                        std::size_t customers);

/// One chat request per key.
std::vector<std::string> chat_requests(const Marketplace& marketplace, bool is_streamed);

}  // namespace guildhall::bench
