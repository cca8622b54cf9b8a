// Front matter, imports and tags of Markdown and MDX.
#include "extraction/markdown_source.h"

#include <algorithm>

#include "base/text.h"

namespace guildhall::knowledge {
namespace {

/// A tag longer than this is not a tag.
constexpr std::size_t kTagBytesMax = 8 * 1024;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view unquoted(std::string_view value) {
  value = trimmed(value);
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
    value = value.substr(1, value.size() - 2);
  }
  return value;
}

/// Removes YAML (`---`) or TOML (`+++`) front matter from `text` and returns its title.
std::string take_front_matter(std::string_view& text) {
  const std::string_view fence = text.starts_with("---\n") ? "---" : text.starts_with("+++\n") ? "+++" : "";
  if (fence.empty()) return {};
  std::string title;
  std::size_t at = 4;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = std::min(end + 1, text.size());
    if (trimmed(line) == fence || (fence == "---" && trimmed(line) == "...")) {
      text.remove_prefix(at);
      return title;
    }
    const std::size_t colon = line.find(fence == "---" ? ':' : '=');
    if (title.empty() && colon != std::string_view::npos && trimmed(line.substr(0, colon)) == "title") {
      title = unquoted(line.substr(colon + 1));
    }
  }
  return {};
}

/// The end of the tag that starts at `at` ('<'), or npos when it is text. Quotes and braces of attributes nest.
std::size_t tag_end(std::string_view text, std::size_t at) {
  std::size_t i = at + 1;
  if (i < text.size() && text[i] == '/') ++i;
  if (i < text.size() && text[i] == '>') return i + 1;
  if (i >= text.size() || !is_letter(text[i])) return std::string_view::npos;
  while (i < text.size() && (is_letter(text[i]) || (text[i] >= '0' && text[i] <= '9') || text[i] == '-' || text[i] == '.')) ++i;
  if (i >= text.size() || (text[i] != '>' && text[i] != '/' && text[i] != ' ' && text[i] != '\n' && text[i] != '\t')) {
    return std::string_view::npos;
  }
  const std::size_t limit = std::min(text.size(), at + kTagBytesMax);
  char quote = 0;
  int braces = 0;
  for (; i < limit; ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'' || (c == '`' && braces > 0)) {
      quote = c;
    } else if (c == '{') {
      ++braces;
    } else if (c == '}') {
      --braces;
    } else if (c == '<' && braces == 0) {
      return std::string_view::npos;
    } else if (c == '>' && braces <= 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

bool is_named(std::string_view tag, std::string_view name) {
  return tag.size() > name.size() + 1 && equals_ignoring_case(tag.substr(1, name.size()), name) &&
         !is_letter(tag[name.size() + 1]);
}

/// Tags that end a line of text; the others stand inside one.
bool is_block_tag(std::string_view tag) {
  const std::size_t name = tag.size() > 1 && tag[1] == '/' ? 2 : 1;
  if (name < tag.size() && tag[name] >= 'A' && tag[name] <= 'Z') return true;
  const std::string bare = "<" + std::string(tag.substr(std::min(name, tag.size())));
  for (const std::string_view block :
       {"div", "p",  "section", "table", "tr", "td", "th", "ul", "ol", "li",     "details", "summary",
        "br",  "hr", "figure",  "h1",    "h2", "h3", "h4", "h5", "h6", "center", "article", "main"}) {
    if (is_named(bare, block)) return true;
  }
  return false;
}

class TagStripper {
 public:
  explicit TagStripper(std::string_view text) : text_(text) {}

  void run() {
    while (at_ < text_.size()) {
      if (at_ == 0 || text_[at_ - 1] == '\n') {
        if (take_fence() || drop_module_line()) continue;
      }
      take_character();
    }
  }

  std::string out;
  bool had_tags = false;

 private:
  std::string_view line_at(std::size_t at) const { return text_.substr(at, std::min(text_.find('\n', at), text_.size()) - at); }

  /// Copies a fenced code block untouched; an unclosed one runs to the end.
  bool take_fence() {
    const std::string_view first = trimmed(line_at(at_));
    const std::string_view fence = first.starts_with("```") ? "```" : first.starts_with("~~~") ? "~~~" : "";
    if (fence.empty()) return false;
    const std::size_t begin = at_;
    std::size_t at = std::min(at_ + line_at(at_).size() + 1, text_.size());
    while (at < text_.size()) {
      const std::string_view line = line_at(at);
      at = std::min(at + line.size() + 1, text_.size());
      if (trimmed(line).starts_with(fence) && trimmed(line).find_first_not_of(fence[0]) == std::string_view::npos) break;
    }
    out.append(text_, begin, at - begin);
    at_ = at;
    return true;
  }

  /// `import … from "…"` and `export …` of MDX, and lines that hold one Nunjucks or Liquid tag only.
  bool drop_module_line() {
    const std::string_view line = line_at(at_);
    const std::string_view bare = trimmed(line);
    const bool is_import =
        line.starts_with("import ") && (line.find(" from ") != std::string_view::npos || line.find("import \"") == 0 ||
                                        line.find("import '") == 0 || line.find("import {") == 0);
    const bool is_export = line.starts_with("export const ") || line.starts_with("export default ") ||
                           line.starts_with("export function ") || line.starts_with("export let ") ||
                           line.starts_with("export {");
    const bool is_template = bare.starts_with("{%") && bare.ends_with("%}") && bare.find("%}") == bare.size() - 2;
    if (!is_import && !is_export && !is_template) return false;
    std::size_t end = at_ + line.size();
    if (is_import || is_export) end = end_of_braces(end);
    at_ = std::min(end + 1, text_.size());
    return true;
  }

  /// An import or export with an open brace continues to the line that closes it.
  std::size_t end_of_braces(std::size_t end) const {
    const auto depth_of = [](std::string_view part) {
      return std::count(part.begin(), part.end(), '{') - std::count(part.begin(), part.end(), '}');
    };
    auto depth = depth_of(text_.substr(at_, end - at_));
    std::size_t last = end;
    while (depth > 0 && last + 1 < text_.size() && last - at_ < kTagBytesMax) {
      const std::string_view line = line_at(last + 1);
      depth += depth_of(line);
      last += 1 + line.size();
    }
    return depth > 0 ? end : last;
  }

  void take_character() {
    const char c = text_[at_];
    if (c == '\\' && at_ + 1 < text_.size()) {
      out.append(text_, at_, 2);
      at_ += 2;
    } else if (c == '`') {
      take_code_span();
    } else if (c == '<' && take_tag()) {
      had_tags = true;
    } else if (c == '{' && text_.substr(at_).starts_with("{/*")) {
      const std::size_t end = text_.find("*/}", at_);
      at_ = end == std::string_view::npos ? text_.size() : end + 3;
    } else {
      out += c;
      ++at_;
    }
  }

  /// A code span ends with as many backticks as it began with, inside its paragraph.
  void take_code_span() {
    std::size_t ticks = 0;
    while (at_ + ticks < text_.size() && text_[at_ + ticks] == '`') ++ticks;
    const std::size_t paragraph_end = std::min(text_.find("\n\n", at_), std::min(text_.size(), at_ + kTagBytesMax));
    std::size_t close = at_ + ticks;
    while (close < paragraph_end) {
      close = text_.find('`', close);
      if (close == std::string_view::npos || close >= paragraph_end) break;
      std::size_t run = 0;
      while (close + run < text_.size() && text_[close + run] == '`') ++run;
      if (run == ticks) {
        out.append(text_, at_, close + run - at_);
        at_ = close + run;
        return;
      }
      close += run;
    }
    out.append(text_, at_, ticks);
    at_ += ticks;
  }

  bool take_tag() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("<!--")) {
      const std::size_t end = text_.find("-->", at_);
      at_ = end == std::string_view::npos ? text_.size() : end + 3;
      return true;
    }
    const std::size_t end = tag_end(text_, at_);
    if (end == std::string_view::npos) return false;
    const std::string_view tag = text_.substr(at_, end - at_);
    for (const std::string_view silent : {"script", "style"}) {
      if (!is_named(tag, silent)) continue;
      const std::size_t close = text_.find("</" + std::string(silent), end);
      const std::size_t close_end =
          close == std::string_view::npos ? text_.size() : std::min(text_.find('>', close), text_.size() - 1) + 1;
      at_ = close_end;
      return true;
    }
    if (is_block_tag(tag)) out += "\n\n";
    at_ = end;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

MarkdownSource prepare_markdown(std::string_view text) {
  MarkdownSource source;
  source.title = take_front_matter(text);
  TagStripper stripper(text);
  stripper.run();
  source.body = std::move(stripper.out);
  source.had_tags = stripper.had_tags;
  return source;
}

}  // namespace guildhall::knowledge
