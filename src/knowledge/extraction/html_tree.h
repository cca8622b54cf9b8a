// HTML parsing with bounds: gumbo builds its tree in an arena that is dropped whole, so neither memory, nor time, nor the
// recursion of gumbo's own clean-up depends on what a stranger wrote.
#pragma once

#include <gumbo.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

class HtmlTree {
 public:
  /// ExtractionFailure("too_complex") when the tree takes more memory or processor time than the room's limits.
  explicit HtmlTree(std::string_view html);
  ~HtmlTree();
  HtmlTree(const HtmlTree&) = delete;
  HtmlTree& operator=(const HtmlTree&) = delete;

  const GumboNode& root() const { return *root_; }

  struct Arena;

 private:
  std::unique_ptr<Arena> arena_;
  const GumboNode* root_ = nullptr;
};

/// What a visitor answers on entering an element.
enum class Visit { descend, skip };
/// Walks in document order without recursion: enter before the children, leave after them; text nodes are entered only.
void walk(const GumboNode& root, const std::function<Visit(const GumboNode&)>& enter,
          const std::function<void(const GumboNode&)>& leave);

/// The attribute's value; empty when absent.
std::string_view attribute(const GumboNode& node, const char* name);
bool has_attribute(const GumboNode& node, const char* name);
bool is_element(const GumboNode& node, GumboTag tag);
/// Text of the node and everything in it, white space collapsed.
std::string text_of_node(const GumboNode& node);

}  // namespace guildhall::knowledge
