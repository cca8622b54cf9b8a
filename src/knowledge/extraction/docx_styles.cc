// styles.xml and numbering.xml of a DOCX file.
#include "extraction/docx_styles.h"

#include <algorithm>

#include "base/text.h"
#include "extraction/xml_events.h"

namespace guildhall::knowledge {
namespace {

constexpr int kStyleChainMax = 12;
constexpr int kListLevelMax = 8;

int small_number(std::string_view text, int otherwise) {
  const auto value = parse_integer(text);
  return value && *value >= 0 && *value < 1'000'000 ? static_cast<int>(*value) : otherwise;
}

class StyleEvents : public XmlEvents {
 public:
  explicit StyleEvents(std::map<std::string, DocxStyles::Named, std::less<>>& styles) : styles_(styles) {}

  void begin(const XmlElement& element) override {
    if (element.name == "style") {
      style_ = element.attribute("type") == "paragraph" ? &styles_[std::string(element.attribute("styleId"))] : nullptr;
      return;
    }
    if (style_ == nullptr) return;
    const std::string_view value = element.attribute("val");
    if (element.name == "name") style_->name = ascii_lower(value);
    if (element.name == "basedOn") style_->based_on = value;
    if (element.name == "outlineLvl") style_->outline_level = small_number(value, -1);
    if (element.name == "numId") style_->numbering = value;
    if (element.name == "ilvl") style_->list_level = std::min(small_number(value, 0), kListLevelMax);
  }
  void end(std::string_view name) override {
    if (name == "style") style_ = nullptr;
  }
  void text(std::string_view) override {}

 private:
  std::map<std::string, DocxStyles::Named, std::less<>>& styles_;
  DocxStyles::Named* style_ = nullptr;
};

class NumberingEvents : public XmlEvents {
 public:
  NumberingEvents(std::map<std::string, std::string>& abstract_of,
                  std::map<std::string, std::map<int, DocxStyles::Level>>& levels_of)
      : abstract_of_(abstract_of), levels_of_(levels_of) {}

  void begin(const XmlElement& element) override {
    if (element.name == "abstractNum") definition_ = element.attribute("abstractNumId");
    if (element.name == "num") numbering_ = element.attribute("numId");
    if (element.name == "abstractNumId" && !numbering_.empty()) abstract_of_[numbering_] = element.attribute("val");
    if (definition_.empty()) return;
    if (element.name == "lvl") level_ = std::min(small_number(element.attribute("ilvl"), 0), kListLevelMax);
    if (element.name == "numFmt") {
      const std::string_view format = element.attribute("val");
      levels_of_[definition_][level_].is_bullet = format == "bullet" || format == "none";
    }
    if (element.name == "start") levels_of_[definition_][level_].start = small_number(element.attribute("val"), 1);
  }
  void end(std::string_view name) override {
    if (name == "abstractNum") definition_.clear();
    if (name == "num") numbering_.clear();
  }
  void text(std::string_view) override {}

 private:
  std::map<std::string, std::string>& abstract_of_;
  std::map<std::string, std::map<int, DocxStyles::Level>>& levels_of_;
  std::string definition_;
  std::string numbering_;
  int level_ = 0;
};

/// "heading 2" is 2; 0 for every other name.
int level_of_name(std::string_view name) {
  if (!name.starts_with("heading ") || name.size() != 9 || name[8] < '1' || name[8] > '9') return 0;
  return std::min(name[8] - '0', 6);
}

}  // namespace

DocxStyles::DocxStyles(DocxArchive& archive) {
  StyleEvents styles(styles_);
  archive.stream("word/styles.xml", styles);
  NumberingEvents numberings(abstract_of_, levels_of_);
  archive.stream("word/numbering.xml", numberings);
}

ParagraphStyle DocxStyles::style(std::string_view id) const {
  ParagraphStyle result;
  std::string at(id);
  for (int steps = 0; steps < kStyleChainMax && !at.empty(); ++steps) {
    const auto found = styles_.find(at);
    // Files without styles still name the usual ones.
    const Named named = found != styles_.end() ? found->second : Named{};
    const std::string name = found != styles_.end() ? named.name : replaced(ascii_lower(at), "heading", "heading ");
    if (result.heading_level == 0) result.heading_level = level_of_name(name);
    if (result.heading_level == 0 && named.outline_level >= 0 && named.outline_level < 9) {
      result.heading_level = std::min(named.outline_level + 1, 6);
    }
    result.is_title = result.is_title || name == "title";
    if (result.numbering.empty() && !named.numbering.empty()) {
      result.numbering = named.numbering;
      result.list_level = named.list_level;
    }
    at = named.based_on;
  }
  return result;
}

std::string DocxStyles::next_marker(const std::string& numbering, int level) {
  level = std::clamp(level, 0, kListLevelMax);
  const auto definition = abstract_of_.find(numbering);
  const auto levels = definition == abstract_of_.end() ? levels_of_.end() : levels_of_.find(definition->second);
  if (levels == levels_of_.end()) return "- ";
  const auto found = levels->second.find(level);
  const Level form = found == levels->second.end() ? Level{} : found->second;
  std::map<int, std::int64_t>& counters = counters_[numbering];
  counters.erase(counters.upper_bound(level), counters.end());
  const std::int64_t number = counters.try_emplace(level, form.start).first->second++;
  return form.is_bullet ? "- " : std::to_string(number) + ". ";
}

}  // namespace guildhall::knowledge
