// What pdftotext found on the pages of a PDF: blocks of lines with their sizes. The file comes from anyone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

struct PdfLine {
  std::string text;
  double height = 0;  ///< of its words, in points; grows with the size of the type
  double y = 0;       ///< middle, as a part of the page's height from its top
};

struct PdfPage {
  std::vector<std::vector<PdfLine>> blocks;  ///< in reading order
};

struct PdfLayout {
  std::string title;  ///< of the document's properties
  std::vector<PdfPage> pages;
};

/// Reads the output of `pdftotext -bbox-layout`. What is not in that form is skipped.
PdfLayout parse_pdf_layout(std::string_view xhtml);

}  // namespace guildhall::knowledge
