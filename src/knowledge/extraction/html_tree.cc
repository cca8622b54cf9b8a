// gumbo in an arena with limits on memory and time.
#include "extraction/html_tree.h"

#include <csetjmp>
#include <cstdlib>
#include <ctime>
#include <string>

#include "../limits.h"
#include "base/text.h"
#include "extraction/extract.h"

namespace guildhall::knowledge {

struct HtmlTree::Arena {
  std::vector<std::unique_ptr<char[]>> blocks;
  std::size_t used = 0;      ///< bytes of the last block
  std::size_t capacity = 0;  ///< of the last block
  std::size_t total = 0;
  std::size_t allocations = 0;
  std::int64_t deadline_ms = 0;
  std::jmp_buf escape;
};

namespace {

constexpr std::size_t kArenaBlockBytes = 256 * 1024;
constexpr std::size_t kAlignment = 16;

std::int64_t thread_cpu_ms() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

/// gumbo cannot be told that memory is out, so the only way back is a jump over its frames, which are plain C and own nothing
/// outside the arena.
void* arena_allocate(void* userdata, std::size_t size) {
  auto& arena = *static_cast<HtmlTree::Arena*>(userdata);
  size = (size + kAlignment - 1) / kAlignment * kAlignment;
  if ((++arena.allocations & 0x3FF) == 0 && thread_cpu_ms() > arena.deadline_ms) std::longjmp(arena.escape, 1);
  if (size > arena.capacity - arena.used) {
    const std::size_t block = size > kArenaBlockBytes ? size : kArenaBlockBytes;
    if (arena.total + block > kHtmlTreeBytesMax) std::longjmp(arena.escape, 1);
    char* bytes = new (std::nothrow) char[block];
    if (bytes == nullptr) std::longjmp(arena.escape, 1);
    arena.blocks.emplace_back(bytes);
    arena.total += block;
    arena.capacity = block;
    arena.used = 0;
  }
  char* result = arena.blocks.back().get() + arena.used;
  arena.used += size;
  return result;
}

void arena_release(void*, void*) {}

/// Null when a limit was passed. Holds no object with a destructor, because a jump leaves it.
const GumboOutput* parse_in_arena(HtmlTree::Arena& arena, const char* text, std::size_t size) {
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = arena_allocate;
  options.deallocator = arena_release;
  options.userdata = &arena;
  options.max_errors = 0;
  if (setjmp(arena.escape) != 0) return nullptr;
  return gumbo_parse_with_options(&options, text, size);
}

/// Elements that need no end tag, or have none, say nothing about depth when they stay open.
bool may_stay_open(std::string_view name) {
  for (const std::string_view other :
       {"area",   "base",  "br",     "col",      "embed",    "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",    "p",        "li",       "dt", "dd",  "tr",    "td",   "th",   "thead",
        "tbody",  "tfoot", "option", "optgroup", "colgroup", "rt", "rp",  "html",  "head", "body"}) {
    if (equals_ignoring_case(name, other)) return true;
  }
  return false;
}

/// A cheap look at the nesting before the parser, whose time grows with the square of the depth, sees it. What gets past
/// it runs into the limits on memory and time.
bool is_too_deep(std::string_view html) {
  std::int64_t open = 0;
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    const bool closes = at + 1 < html.size() && html[at + 1] == '/';
    const std::size_t begin = at + (closes ? 2 : 1);
    std::size_t end = begin;
    while (end < html.size() && end - begin < 32 && ((html[end] | 0x20) >= 'a' && (html[end] | 0x20) <= 'z')) ++end;
    while (end < html.size() && end - begin < 32 && html[end] >= '0' && html[end] <= '9') ++end;
    if (end == begin || may_stay_open(html.substr(begin, end - begin))) continue;
    open += closes ? -1 : 1;
    if (open < 0) open = 0;
    if (open > kHtmlOpenElementsMax) return true;
  }
  return false;
}

constexpr const char* kTooComplex = "the HTML is nested or broken beyond what can be read; simplify the page";

}  // namespace

HtmlTree::HtmlTree(std::string_view html) : arena_(std::make_unique<Arena>()) {
  if (is_too_deep(html)) throw ExtractionFailure("too_complex", kTooComplex);
  arena_->deadline_ms = thread_cpu_ms() + kHtmlParseCpuMsMax;
  const GumboOutput* output = parse_in_arena(*arena_, html.data(), html.size());
  if (output == nullptr) throw ExtractionFailure("too_complex", kTooComplex);
  root_ = output->root;
}

HtmlTree::~HtmlTree() = default;

void walk(const GumboNode& root, const std::function<Visit(const GumboNode&)>& enter,
          const std::function<void(const GumboNode&)>& leave) {
  struct Frame {
    const GumboNode* node;
    unsigned next;
  };
  std::vector<Frame> stack;
  const auto visit = [&](const GumboNode& node) {
    const bool has_children = node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_DOCUMENT;
    if (enter(node) == Visit::descend && has_children) stack.push_back({&node, 0});
  };
  visit(root);
  while (!stack.empty()) {
    Frame& top = stack.back();
    const GumboVector& children =
        top.node->type == GUMBO_NODE_DOCUMENT ? top.node->v.document.children : top.node->v.element.children;
    if (top.next < children.length) {
      const auto* child = static_cast<const GumboNode*>(children.data[top.next++]);
      visit(*child);
    } else {
      const GumboNode* node = top.node;
      stack.pop_back();
      leave(*node);
    }
  }
}

std::string_view attribute(const GumboNode& node, const char* name) {
  if (node.type != GUMBO_NODE_ELEMENT) return {};
  const GumboAttribute* found = gumbo_get_attribute(&node.v.element.attributes, name);
  return found == nullptr ? std::string_view() : std::string_view(found->value);
}

bool has_attribute(const GumboNode& node, const char* name) {
  return node.type == GUMBO_NODE_ELEMENT && gumbo_get_attribute(&node.v.element.attributes, name) != nullptr;
}

bool is_element(const GumboNode& node, GumboTag tag) {
  return node.type == GUMBO_NODE_ELEMENT && node.v.element.tag == tag;
}

std::string text_of_node(const GumboNode& node) {
  std::string text;
  walk(
      node,
      [&](const GumboNode& inner) {
        if (inner.type == GUMBO_NODE_TEXT || inner.type == GUMBO_NODE_WHITESPACE || inner.type == GUMBO_NODE_CDATA)
          text += inner.v.text.text;
        if (is_element(inner, GUMBO_TAG_BR)) text += ' ';
        return is_element(inner, GUMBO_TAG_SCRIPT) || is_element(inner, GUMBO_TAG_STYLE) ? Visit::skip : Visit::descend;
      },
      [](const GumboNode&) {});
  return collapsed(text);
}

}  // namespace guildhall::knowledge
