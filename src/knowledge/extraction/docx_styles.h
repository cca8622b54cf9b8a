// What the styles and numberings of a DOCX file say about its paragraphs. Both come from anyone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "extraction/docx_archive.h"

namespace guildhall::knowledge {

struct ParagraphStyle {
  int heading_level = 0;  ///< 1–6; 0 for text
  bool is_title = false;
  std::string numbering;  ///< id of its list; empty for none
  int list_level = 0;
};

class DocxStyles {
 public:
  /// Reads word/styles.xml and word/numbering.xml; a file may do without either.
  explicit DocxStyles(DocxArchive& archive);

  ParagraphStyle style(std::string_view id) const;
  /// "- " of a bullet, "3. " of a number; counts on.
  std::string next_marker(const std::string& numbering, int level);

  struct Named {
    std::string name;  ///< in lower case
    std::string based_on;
    int outline_level = -1;
    std::string numbering;
    int list_level = 0;
  };
  struct Level {
    bool is_bullet = false;
    std::int64_t start = 1;
  };

 private:
  std::map<std::string, Named, std::less<>> styles_;
  std::map<std::string, std::string> abstract_of_;         ///< numbering → its definition
  std::map<std::string, std::map<int, Level>> levels_of_;  ///< definition → level
  std::map<std::string, std::map<int, std::int64_t>> counters_;
};

}  // namespace guildhall::knowledge
