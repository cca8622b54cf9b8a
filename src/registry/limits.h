// The limits of this room (contracts/registry.md §2, §8, §11).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace guildhall::registry {

// Keys.
inline constexpr std::size_t kKeyNameCharactersMax = 80;
inline constexpr std::size_t kKeyRandomBytes = 32;
inline constexpr std::size_t kKeyPrefixBytes = 11;
inline constexpr std::int64_t kKeysPerSubscriptionMax = 100;
inline constexpr std::int64_t kOrganizationKeysMax = 100;
inline constexpr std::size_t kAllowedIpsMax = 64;
inline constexpr std::int64_t kKeyRateMaxPerSecond = 100;
inline constexpr std::int64_t kKeyOverlapMaxS = 604'800;
inline constexpr std::size_t kReasonBytesMax = 1'000;

// Widgets and the configuration of a subscription's agent.
inline constexpr std::int64_t kWidgetsPerSubscriptionMax = 50;
inline constexpr std::size_t kWidgetNameCharactersMax = 120;
inline constexpr std::size_t kDomainsMax = 50;
inline constexpr std::size_t kHostBytesMax = 253;
inline constexpr std::size_t kShortTextCharactersMax = 150;
inline constexpr std::size_t kGreetingCharactersMax = 2'000;
inline constexpr std::size_t kUrlBytesMax = 2'048;
inline constexpr std::size_t kPromptCharactersMax = 32'000;
inline constexpr std::size_t kListEntriesMax = 100;
inline constexpr std::size_t kTopicsMax = 20;
inline constexpr std::size_t kTopicCharactersMax = 100;
inline constexpr std::size_t kContextVariablesBytesMax = 65'536;
inline constexpr std::int64_t kChunkSizeMin = 256;
inline constexpr std::int64_t kChunkSizeMax = 2'048;
inline constexpr std::int64_t kChunkOverlapMax = 200;
inline constexpr std::int64_t kAnswerTokensMax = 128'000;

// Agents, versions and plans.
inline constexpr std::size_t kAgentIdBytesMax = 100;
inline constexpr std::size_t kAgentNameCharactersMax = 120;
inline constexpr std::size_t kDescriptionBytesMax = 65'536;
inline constexpr std::size_t kTagsMax = 32;
inline constexpr std::size_t kTagCharactersMax = 60;
inline constexpr std::size_t kConfigBytesMax = 262'144;
inline constexpr std::size_t kKnowledgeBaseNameBytesMax = 120;
inline constexpr std::int64_t kTimeoutSecondsMax = 300;
inline constexpr std::int64_t kConcurrentRequestsMax = 1'000;
inline constexpr std::size_t kVersionBytesMax = 100;
inline constexpr std::size_t kChangelogBytesMax = 65'536;
inline constexpr std::int64_t kVersionsPerAgentMax = 1'000;
inline constexpr std::int64_t kCanaryPercentMax = 100;
inline constexpr std::int64_t kPlansPerAgentMax = 50;
inline constexpr std::int64_t kPlanQuotaMax = 1'000'000'000'000;
inline constexpr std::int64_t kPriceMinorMax = 100'000'000'00;
inline constexpr std::int64_t kOverageCapPercentMax = 10'000;
inline constexpr std::int64_t kGraceDefaultUs = 30 * kMicrosecondsPerDay;
inline constexpr std::int64_t kRetirementUs = 30 * kMicrosecondsPerDay;

// Flows.
inline constexpr std::size_t kFlowNameCharactersMax = 255;
inline constexpr std::int64_t kFlowsPerOrganizationMax = 10'000;

}  // namespace guildhall::registry
