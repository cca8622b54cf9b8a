// Identifiers: random UUIDs behind one strong type per kind of thing, so that an OrganizationId never passes for an AgentId.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace guildhall {

/// A 128-bit UUID. The nil value (all zero) means "no id" and is never stored.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;
  bool is_nil() const { return *this == Uuid{}; }
};

/// A version 4 UUID from the operating system's random source.
Uuid random_uuid();

/// Reads 32 hexadecimal digits, dashed (8-4-4-4-12) or not, in either case. Anything else gives nullopt.
std::optional<Uuid> parse_uuid(std::string_view text);

/// Lower case, 8-4-4-4-12.
std::string dashed(const Uuid& uuid);

/// Lower case, 32 digits: the form of the Waldur dialect.
std::string hex(const Uuid& uuid);

template <class Tag>
struct Id {
  Uuid uuid;

  auto operator<=>(const Id&) const = default;
  bool is_nil() const { return uuid.is_nil(); }
  std::string text() const { return dashed(uuid); }
  std::string hex() const { return guildhall::hex(uuid); }

  static Id random() { return Id{random_uuid()}; }
  static std::optional<Id> parse(std::string_view text) {
    const auto uuid = parse_uuid(text);
    return uuid ? std::optional<Id>(Id{*uuid}) : std::nullopt;
  }
};

using RealmId = Id<struct RealmTag>;
using AccountId = Id<struct AccountTag>;
using SessionId = Id<struct SessionTag>;
using MembershipId = Id<struct MembershipTag>;
using OrganizationId = Id<struct OrganizationTag>;
using ProjectId = Id<struct ProjectTag>;
using CategoryId = Id<struct CategoryTag>;
using ServiceProviderId = Id<struct ServiceProviderTag>;
using OfferingId = Id<struct OfferingTag>;
using ComponentId = Id<struct ComponentTag>;
using PlanId = Id<struct PlanTag>;
using OrderId = Id<struct OrderTag>;
using SubscriptionId = Id<struct SubscriptionTag>;
using UsageRecordId = Id<struct UsageRecordTag>;
using InvoiceId = Id<struct InvoiceTag>;
using InvoiceItemId = Id<struct InvoiceItemTag>;
using AgentId = Id<struct AgentTag>;
using AgentVersionId = Id<struct AgentVersionTag>;
using AccessKeyId = Id<struct AccessKeyTag>;
using WidgetId = Id<struct WidgetTag>;
using FlowId = Id<struct FlowTag>;
using RunId = Id<struct RunTag>;
using RequestId = Id<struct RequestTag>;
using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;
using KnowledgeBaseId = Id<struct KnowledgeBaseTag>;
using KnowledgeSourceId = Id<struct KnowledgeSourceTag>;
using DocumentId = Id<struct DocumentTag>;
using ChunkId = Id<struct ChunkTag>;
using QuestionSetId = Id<struct QuestionSetTag>;
using EvaluationCaseId = Id<struct EvaluationCaseTag>;
using EvaluationId = Id<struct EvaluationTag>;
using FileId = Id<struct FileTag>;
using JobId = Id<struct JobTag>;
using EventId = Id<struct EventTag>;

}  // namespace guildhall

template <>
struct std::hash<guildhall::Uuid> {
  std::size_t operator()(const guildhall::Uuid& uuid) const noexcept;
};

template <class Tag>
struct std::hash<guildhall::Id<Tag>> {
  std::size_t operator()(const guildhall::Id<Tag>& id) const noexcept { return std::hash<guildhall::Uuid>{}(id.uuid); }
};
