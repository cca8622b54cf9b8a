// Documents of every format from upload to passage: pages, pairs, notes on what could not be read.
#include <doctest/doctest.h>

#include <unistd.h>

#include "base/errors.h"
#include "extraction/test_files.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

using guildhall::test::for_each_database;
using namespace test;

Document add_read(store::Database& database, const Scope& scope, KnowledgeBaseId base, std::string name, std::string content) {
  static const Extractor extractor;
  const Document document = add(database, scope, base, std::move(name), std::move(content));
  knowledge::index_document(database, extractor, scope.organization, document.id);
  return get(database, scope, document);
}

}  // namespace

TEST_CASE("a passage of a PDF names its page, and the document the pages without text") {
  if (access("/usr/bin/pdftotext", X_OK) != 0) {
    MESSAGE("skipped: pdftotext is not installed");
    return;
  }
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    std::vector<std::vector<PdfText>> pages(6);
    pages[0] = {{"Everything about the warranty of our coffee machines."}};
    pages[4] = {{"Descaling is needed every three months of use."}};
    const Document document = add_read(database, scope, base, "machine.pdf", pdf(pages));
    CHECK(document.content_type == "application/pdf");
    CHECK(wire_name(document.state) == "INDEXED");
    CHECK(document.error_code == "no_text");
    CHECK(document.error_message.find("2–4, 6;") != std::string::npos);
    Indexes indexes;
    const Retrieved found = ask(database, indexes, scope, base, "descaling");
    REQUIRE(!found.passages.empty());
    CHECK(found.passages[0].page.has_value());
    const Document scanned = add_read(database, scope, base, "scan.pdf", pdf({{}, {}}));
    CHECK(wire_name(scanned.state) == "FAILED");
    CHECK(scanned.error_code == "no_text");
    CHECK(scanned.error_message.find("OCR") != std::string::npos);
  });
}

TEST_CASE("a CSV file of questions and answers is as many pairs") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document document =
        add_read(database, scope, base, "faq.csv",
                 "question,answer\nDo you ship to Iceland?,Not yet.\nCan I pay by invoice?,From 50 euros on.\n");
    CHECK(document.content_type == "text/csv");
    CHECK(document.chunks == 2);
    CHECK(document.language == "en");
    Indexes indexes;
    const Retrieved found = ask(database, indexes, scope, base, "Can I pay by invoice?");
    REQUIRE(!found.passages.empty());
    CHECK(found.passages[0].question == "Can I pay by invoice?");
    CHECK(found.passages[0].text == "From 50 euros on.");
    CHECK_FALSE(found.passages[0].page.has_value());
  });
}

TEST_CASE("a document that cannot be read fails with the code of its fault, and the next one is read") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document damaged = add_read(database, scope, base, "a.docx", docx("<w:p>"));
    CHECK(wire_name(damaged.state) == "FAILED");
    CHECK(damaged.error_code == "damaged");
    const Document fine =
        add_read(database, scope, base, "b.docx", docx(word_paragraph("Handbook", "Heading1") + word_paragraph("Words of it.")));
    CHECK(wire_name(fine.state) == "INDEXED");
    CHECK(fine.title == "Handbook");
  });
}

}  // namespace guildhall::knowledge
