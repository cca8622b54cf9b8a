// The fold over promotions, and what counts as wider permissions.
#include "promotions.h"

#include <algorithm>
#include <stdexcept>

namespace guildhall::registry {
namespace {

bool grants_more(const json::Value& value, const json::Value* than);

bool grants_anything(const json::Value& value) {
  if (value.is_object())
    return std::any_of(value.get_object().begin(), value.get_object().end(),
                       [](const auto& member) { return grants_anything(member.value()); });
  if (value.is_array()) return !value.get_array().empty();
  if (value.is_bool()) return value.get_bool();
  if (value.is_string()) return !value.get_string().empty();
  return !value.is_null();
}

bool object_grants_more(const json::Object& object, const json::Value* than) {
  const json::Object* other = than != nullptr && than->is_object() ? &than->get_object() : nullptr;
  return std::any_of(object.begin(), object.end(), [&](const auto& member) {
    return grants_more(member.value(), other == nullptr ? nullptr : other->if_contains(member.key()));
  });
}

bool list_grants_more(const json::Array& list, const json::Value* than) {
  const json::Array* other = than != nullptr && than->is_array() ? &than->get_array() : nullptr;
  return std::any_of(list.begin(), list.end(), [&](const json::Value& entry) {
    return other == nullptr || std::find(other->begin(), other->end(), entry) == other->end();
  });
}

/// `than` is null where nothing was granted.
bool grants_more(const json::Value& value, const json::Value* than) {
  if (!grants_anything(value)) return false;
  if (value.is_object()) return object_grants_more(value.get_object(), than);
  if (value.is_array()) return list_grants_more(value.get_array(), than);
  if (than == nullptr || !grants_anything(*than)) return true;
  if (value.is_number() && than->is_number()) return value.to_number<double>() > than->to_number<double>();
  return value != *than;
}

bool contains_id(const std::vector<AgentVersionId>& ids, AgentVersionId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

bool is_wider(const json::Object& permissions, const json::Object& than) {
  const json::Value other(than);
  return object_grants_more(permissions, &other);
}

const VersionStep& step_of(const std::vector<VersionStep>& versions, AgentVersionId id) {
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const VersionStep& step) { return step.id == id; });
  if (found == versions.end()) throw std::logic_error("a promoted version is not one of its agent's");
  return *found;
}

std::vector<WaitReason> reasons_to_wait(const std::vector<VersionStep>& versions, const VersionStep& from,
                                        const VersionStep& to) {
  const auto crosses = [&](bool VersionStep::* obstacle) {
    return std::any_of(versions.begin(), versions.end(), [&](const VersionStep& step) {
      return step.*obstacle && compare(step.number, from.number) > 0 && compare(step.number, to.number) <= 0;
    });
  };
  std::vector<WaitReason> reasons;
  if (crosses(&VersionStep::is_breaking)) reasons.push_back(WaitReason::breaking);
  if (crosses(&VersionStep::migrates_by_hand)) reasons.push_back(WaitReason::manual_migration);
  if (is_wider(to.permissions, from.permissions)) reasons.push_back(WaitReason::wider_permissions);
  return reasons;
}

AgentVersionId followed_version(const std::vector<VersionStep>& versions, AgentVersionId base,
                                const std::vector<AgentVersionId>& promotions) {
  std::vector<AgentVersionId> ran{base};
  AgentVersionId running = base;
  for (const AgentVersionId promoted : promotions) {
    if (promoted == running) continue;
    const bool was_run = contains_id(ran, promoted);
    if (!was_run && !reasons_to_wait(versions, step_of(versions, running), step_of(versions, promoted)).empty()) continue;
    running = promoted;
    if (!was_run) ran.push_back(promoted);
  }
  return running;
}

}  // namespace guildhall::registry
