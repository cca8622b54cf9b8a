// HTML: the main content, its headings, lists, tables and anchors.
#include <array>

#include "base/text.h"
#include "extraction/crawler_notes.h"
#include "extraction/extract.h"
#include "extraction/html_tree.h"

namespace guildhall::knowledge {
namespace {

int heading_level(const GumboNode& node) {
  if (node.type != GUMBO_NODE_ELEMENT) return 0;
  const GumboTag tag = node.v.element.tag;
  return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6 ? static_cast<int>(tag - GUMBO_TAG_H1) + 1 : 0;
}

bool is_one_of(const GumboNode& node, std::initializer_list<GumboTag> tags) {
  for (const GumboTag tag : tags) {
    if (is_element(node, tag)) return true;
  }
  return false;
}

bool has_word(std::string_view list, std::initializer_list<std::string_view> words) {
  for (const std::string_view item : split(list, ' ')) {
    for (const std::string_view word : words) {
      if (equals_ignoring_case(item, word)) return true;
    }
  }
  return false;
}

/// What is around the content of a page: navigation, banners, footers, hidden parts.
bool is_furniture(const GumboNode& node, bool inside_content) {
  if (node.type == GUMBO_NODE_TEMPLATE) return true;
  if (node.type != GUMBO_NODE_ELEMENT) return false;
  if (is_one_of(node, {GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE, GUMBO_TAG_NOSCRIPT, GUMBO_TAG_NAV, GUMBO_TAG_FOOTER, GUMBO_TAG_ASIDE,
                       GUMBO_TAG_HEAD, GUMBO_TAG_SVG, GUMBO_TAG_IFRAME, GUMBO_TAG_BUTTON, GUMBO_TAG_SELECT, GUMBO_TAG_TEXTAREA,
                       GUMBO_TAG_TEMPLATE, GUMBO_TAG_OBJECT, GUMBO_TAG_CANVAS})) {
    return true;
  }
  // The header of an article holds its title; the header of a page holds the site's name.
  if (is_element(node, GUMBO_TAG_HEADER) && !inside_content) return true;
  if (has_word(attribute(node, "role"), {"navigation", "banner", "contentinfo", "complementary", "search", "dialog"}))
    return true;
  if (has_attribute(node, "hidden") || equals_ignoring_case(attribute(node, "aria-hidden"), "true")) return true;
  const auto is_named = [](std::string_view names) {
    return has_word(names, {"breadcrumb",    "breadcrumbs",   "sidebar",           "cookie-banner", "cookie-consent",
                            "cookie-notice", "skip-link",     "site-footer",       "site-header",   "navbar",
                            "pagination",    "toc",           "table-of-contents", "headerlink",    "edit-this-page",
                            "cookie",        "cookies",       "cookieconsent",     "gdpr",          "newsletter",
                            "social-share",  "share-buttons", "site-nav",          "main-nav",      "page-footer"});
  };
  return is_named(attribute(node, "class")) || is_named(attribute(node, "id"));
}

/// The first <main> or role=main; else the only <article>; else the body.
const GumboNode& content_root(const GumboNode& root) {
  const GumboNode* main = nullptr;
  const GumboNode* article = nullptr;
  int articles = 0;
  walk(
      root,
      [&](const GumboNode& node) {
        if (main == nullptr && (is_element(node, GUMBO_TAG_MAIN) || has_word(attribute(node, "role"), {"main"}))) main = &node;
        if (is_element(node, GUMBO_TAG_ARTICLE)) {
          ++articles;
          article = &node;
        }
        return Visit::descend;
      },
      [](const GumboNode&) {});
  if (main != nullptr) return *main;
  return articles == 1 ? *article : root;
}

/// The heading's own id, that of an anchor in it, or that of the section it opens.
std::string heading_anchor(const GumboNode& heading) {
  if (const auto id = attribute(heading, "id"); !id.empty()) return std::string(id);
  std::string inner;
  walk(
      heading,
      [&](const GumboNode& node) {
        if (inner.empty()) inner = attribute(node, "id");
        if (inner.empty() && is_element(node, GUMBO_TAG_A)) inner = attribute(node, "name");
        return Visit::descend;
      },
      [](const GumboNode&) {});
  if (!inner.empty()) return inner;
  const GumboNode* child = &heading;
  for (int steps = 0; steps < 3 && child->parent != nullptr; ++steps) {
    const GumboNode& parent = *child->parent;
    if (parent.type != GUMBO_NODE_ELEMENT) break;
    const GumboVector& siblings = parent.v.element.children;
    for (unsigned i = 0; i < siblings.length; ++i) {
      const auto* sibling = static_cast<const GumboNode*>(siblings.data[i]);
      if (sibling == child) break;
      if (sibling->type == GUMBO_NODE_ELEMENT) return {};
    }
    if (const auto id = attribute(parent, "id"); !id.empty()) return std::string(id);
    child = &parent;
  }
  return {};
}

class HtmlReader {
 public:
  explicit HtmlReader(bool inside_content) : content_depth_(inside_content ? 1 : 0) {}

  Visit enter(const GumboNode& node) {
    if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE || node.type == GUMBO_NODE_CDATA) {
      text_ += node.v.text.text;
      return Visit::skip;
    }
    if (is_furniture(node, content_depth_ > 0)) return Visit::skip;
    if (node.type != GUMBO_NODE_ELEMENT) return Visit::descend;
    if (cell_depth_ > 0) return enter_in_cell(node);
    if (heading_level(node) > 0) {
      add_heading(node);
      return Visit::skip;
    }
    if (is_element(node, GUMBO_TAG_PRE)) {
      add_code(node);
      return Visit::skip;
    }
    enter_block(node);
    return Visit::descend;
  }

  void leave(const GumboNode& node) {
    if (node.type != GUMBO_NODE_ELEMENT) return;
    if (is_cell(node)) {
      if (--cell_depth_ == 0) {
        cells_.push_back(collapsed(text_));
        text_.clear();
      }
      return;
    }
    if (cell_depth_ > 0) {
      text_ += is_inline(node) ? "" : " ";
      return;
    }
    if (is_element(node, GUMBO_TAG_TR)) {
      add_row(node);
    } else if (is_one_of(node, {GUMBO_TAG_UL, GUMBO_TAG_OL})) {
      flush();
      lists_.pop_back();
    } else if (!is_inline(node) && !is_element(node, GUMBO_TAG_BR)) {
      flush();
      if (is_element(node, GUMBO_TAG_LI)) marker_.clear();
    }
    if (is_one_of(node, {GUMBO_TAG_ARTICLE, GUMBO_TAG_MAIN})) --content_depth_;
  }

  void flush() {
    std::string line = collapsed(text_);
    text_.clear();
    if (line.empty()) return;
    if (!marker_.empty()) {
      extracted.blocks.push_back(text_block(BlockKind::list_item, marker_ + line, static_cast<int>(lists_.size()) - 1));
      marker_.clear();
    } else {
      extracted.blocks.push_back(text_block(BlockKind::paragraph, std::move(line)));
    }
  }

  Extracted extracted;
  std::string only_h1;
  int h1_count = 0;

 private:
  static bool is_cell(const GumboNode& node) { return is_one_of(node, {GUMBO_TAG_TD, GUMBO_TAG_TH}); }

  static bool is_inline(const GumboNode& node) {
    return is_one_of(node, {GUMBO_TAG_A,    GUMBO_TAG_B,    GUMBO_TAG_STRONG, GUMBO_TAG_I,     GUMBO_TAG_EM,   GUMBO_TAG_SPAN,
                            GUMBO_TAG_CODE, GUMBO_TAG_KBD,  GUMBO_TAG_SAMP,   GUMBO_TAG_VAR,   GUMBO_TAG_SUB,  GUMBO_TAG_SUP,
                            GUMBO_TAG_U,    GUMBO_TAG_S,    GUMBO_TAG_SMALL,  GUMBO_TAG_MARK,  GUMBO_TAG_Q,    GUMBO_TAG_CITE,
                            GUMBO_TAG_ABBR, GUMBO_TAG_TIME, GUMBO_TAG_DEL,    GUMBO_TAG_INS,   GUMBO_TAG_FONT, GUMBO_TAG_BDI,
                            GUMBO_TAG_BDO,  GUMBO_TAG_WBR,  GUMBO_TAG_IMG,    GUMBO_TAG_LABEL, GUMBO_TAG_TT,   GUMBO_TAG_BIG,
                            GUMBO_TAG_DFN,  GUMBO_TAG_DATA, GUMBO_TAG_RUBY,   GUMBO_TAG_STRIKE});
  }

  Visit enter_in_cell(const GumboNode& node) {
    if (is_cell(node)) ++cell_depth_;
    if (!is_inline(node)) text_ += ' ';
    return Visit::descend;
  }

  void enter_block(const GumboNode& node) {
    if (is_cell(node)) {
      flush();
      cell_depth_ = 1;
      return;
    }
    if (is_element(node, GUMBO_TAG_BR)) {
      text_ += ' ';
      return;
    }
    if (is_inline(node)) return;
    flush();
    if (is_one_of(node, {GUMBO_TAG_ARTICLE, GUMBO_TAG_MAIN})) ++content_depth_;
    if (is_element(node, GUMBO_TAG_UL)) lists_.push_back(-1);
    if (is_element(node, GUMBO_TAG_OL)) lists_.push_back(parse_integer(attribute(node, "start")).value_or(1));
    if (is_element(node, GUMBO_TAG_LI)) {
      marker_ = lists_.empty() || lists_.back() < 0 ? "- " : std::to_string(lists_.back()++) + ". ";
    }
    if (is_element(node, GUMBO_TAG_TABLE)) {
      ++table_;
      header_ = -1;
    }
    if (is_element(node, GUMBO_TAG_TR)) cells_.clear();
  }

  void add_heading(const GumboNode& node) {
    flush();
    std::string heading = text_of_node(node);
    while (heading.ends_with("¶")) heading.resize(heading.size() - 2);
    heading = collapsed(heading);
    if (heading.empty()) return;
    const int level = heading_level(node);
    if (level == 1 && ++h1_count == 1) only_h1 = heading;
    extracted.blocks.push_back(heading_block(level, std::move(heading), heading_anchor(node)));
  }

  void add_code(const GumboNode& node) {
    flush();
    std::string code;
    walk(
        node,
        [&](const GumboNode& inner) {
          if (inner.type == GUMBO_NODE_TEXT || inner.type == GUMBO_NODE_WHITESPACE) code += inner.v.text.text;
          if (is_element(inner, GUMBO_TAG_BR)) code += '\n';
          return Visit::descend;
        },
        [](const GumboNode&) {});
    while (!code.empty() && (code.back() == '\n' || code.back() == ' ')) code.pop_back();
    if (!code.empty()) extracted.blocks.push_back(text_block(BlockKind::code, "```\n" + code + "\n```"));
  }

  /// The first row of header cells, or of a <thead>, names the columns of the rows below it.
  void add_row(const GumboNode& row) {
    bool has_text = false;
    for (const std::string& cell : cells_) has_text = has_text || !cell.empty();
    if (has_text) {
      std::string line = table_row_text(cells_);
      const bool in_head = row.parent != nullptr && is_element(*row.parent, GUMBO_TAG_THEAD);
      const bool is_header = header_ < 0 && (in_head || all_header_cells(row));
      Block block = row_block(std::move(line), table_, header_);
      if (is_header) {
        header_ = static_cast<int>(extracted.headers.size());
        extracted.headers.push_back(block.text);
      }
      extracted.blocks.push_back(std::move(block));
    }
    cells_.clear();
    text_.clear();
  }

  static bool all_header_cells(const GumboNode& row) {
    const GumboVector& children = row.v.element.children;
    bool any = false;
    for (unsigned i = 0; i < children.length; ++i) {
      const auto* child = static_cast<const GumboNode*>(children.data[i]);
      if (is_element(*child, GUMBO_TAG_TD)) return false;
      any = any || is_element(*child, GUMBO_TAG_TH);
    }
    return any;
  }

  std::string text_;
  std::vector<std::int64_t> lists_;
  std::string marker_;
  std::vector<std::string> cells_;
  int header_ = -1;
  int table_ = 0;
  int cell_depth_ = 0;
  int content_depth_ = 0;
};

std::string page_title(const GumboNode& root) {
  std::string title;
  walk(
      root,
      [&](const GumboNode& node) {
        if (title.empty() && is_element(node, GUMBO_TAG_TITLE)) title = text_of_node(node);
        return is_element(node, GUMBO_TAG_BODY) ? Visit::skip : Visit::descend;
      },
      [](const GumboNode&) {});
  return title;
}

Extracted content_of(const HtmlTree& tree) {
  const GumboNode& content = content_root(tree.root());
  HtmlReader reader(&content != &tree.root());
  walk(content, [&](const GumboNode& node) { return reader.enter(node); }, [&](const GumboNode& node) { reader.leave(node); });
  reader.flush();
  Extracted extracted = std::move(reader.extracted);
  // The window title usually carries the site's name as well; the only top heading is the page's own.
  extracted.title = reader.h1_count == 1 ? reader.only_h1 : page_title(tree.root());
  return extracted;
}

}  // namespace

Extracted extract_html(std::string_view text) {
  return content_of(HtmlTree(text));
}

Extracted extract_page(std::string_view text) {
  const HtmlTree tree(text);
  Extracted extracted = content_of(tree);
  extracted.crawler = crawler_notes(tree.root());
  return extracted;
}

}  // namespace guildhall::knowledge
