// When a conversation goes to a person, and what happens when none comes (contracts/support-partner.md §5.1, §5.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "support/hours.h"

namespace guildhall::support {

struct HandoverSettings {
  bool explicit_request = true;           ///< the visitor asks for a person
  std::vector<std::string> keywords;      ///< whole words of a message that ask for one as well
  std::int64_t unanswered_threshold = 3;  ///< refusals in a row before a person is offered
  std::optional<std::int64_t> turns_max;  ///< turns before a person is offered
  std::string fallback_message;           ///< said when nobody comes; empty: the platform's own
  std::int64_t wait_timeout_s = 300;
  std::int64_t human_silence_min = 30;
  std::int64_t idle_hours = 24;
  std::optional<OpeningHours> hours;  ///< none: always open
};

/// Reads `escalation` of an AgentConfig; what is left out keeps its default. Refusal(validation_failed) names every member that
/// is unknown or out of bounds.
HandoverSettings handover_settings(const json::Value& escalation);

}  // namespace guildhall::support
