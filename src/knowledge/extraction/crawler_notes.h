// What an HTML page says to crawlers; read in the sandbox with the rest of the page.
#pragma once

#include "extraction/extract.h"
#include "extraction/html_tree.h"

namespace guildhall::knowledge {

CrawlerNotes crawler_notes(const GumboNode& root);

}  // namespace guildhall::knowledge
