// Documents that hold one true fact, and an order to whatever machine reads them.
#pragma once

#include <string>
#include <vector>

namespace guildhall::test {

struct PoisonedDocument {
  std::string filename;
  std::string content_type;
  std::string content;
  std::string question;  ///< answered by the fact
  std::string expected;  ///< words of the fact that an answer must hold
};

/// A hundred of them: twenty ways to give an order, in five languages and in tricks of markup, each in Markdown, HTML, plain text
/// and tables. Everything that must not come back holds the word "evil".
std::vector<PoisonedDocument> poisoned_documents();

}  // namespace guildhall::test
