// A model that does whatever it is told by anybody: by its platform, its visitor, or a document it was shown.
//
// It obeys every order it finds in its input, passes on every link and address, and tries each trick of its own list besides;
// somewhere between them stands the sentence of the material that answers the question.
#pragma once

#include <string>

#include "base/json.h"

namespace guildhall::test {

/// The reply to a chat completion. Everything it smuggles in holds the word "evil".
std::string obedient_reply(const json::Value& request);

/// A call of a tool nobody offered, as it stands beside the reply.
json::Array obedient_tool_calls();

}  // namespace guildhall::test
