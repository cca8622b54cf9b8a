// What stands between a model and the visitor when a run has documents (contracts/support-partner.md §2.6).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model_reply.h"
#include "models/grounding.h"
#include "vertex.h"

namespace guildhall::runtime {

/// One question to a model about documents.
struct Grounding {
  std::optional<models::Answer> instead;     ///< said without asking the model: a refusal, a handover, a greeting
  std::vector<knowledge::Passage> passages;  ///< what its sentences are held against
  std::size_t shown = 0;                     ///< how many of them it is given as material; 0: its own prompt holds them
  std::string nonce;                         ///< of the material's frame
  bool is_general = false;                   ///< asked without documents, because they hold nothing
  double confidence = 0;
  std::string language;                    ///< the visitor's
  std::vector<std::string> trusted_texts;  ///< of the platform and the visitor
};

/// nullopt for a call that answers no question about documents: another model or nothing stands between it and the visitor, JSON
/// is asked for, the flow takes no chat, or the run has no documents.
std::optional<Grounding> ground(const Vertex& vertex, const ModelInput& input);

/// Carries what a model says to the visitor, checked where the call is grounded. `take` may be called on another thread than the
/// others, never at once.
class Speech {
 public:
  /// Tokens are sent when the message has an id. `grounding` may be null and must outlive it.
  Speech(const Vertex& vertex, Message& message, const Grounding* grounding);

  /// False when nobody listens any more.
  bool take(std::string_view chunk);
  /// What the model said on this way, shown or not.
  const std::string& heard() const { return heard_; }
  /// The end: gives the message its text and the run its outcome.
  void finish();

 private:
  bool show(std::string_view text);
  void conclude(std::string_view rest);

  const Vertex& vertex_;
  Message& message_;
  const Grounding* grounding_;
  std::unique_ptr<models::GroundedReply> check_;
  std::string heard_;
  std::string shown_;
};

/// Gives the run what an answer is: its outcome, confidence, citations, suggestions and language.
void conclude_with(RunState& run, const models::Answer& answer);

}  // namespace guildhall::runtime
