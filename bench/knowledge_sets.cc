// Reading the shared corpora.
#include "knowledge_sets.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/json.h"
#include "base/text.h"

namespace guildhall::bench {
namespace {

// Names without a letter lend no word to the indexed title.
constexpr const char* kPlainName = "_.txt";
constexpr const char* kMarkdownName = "_.md";

Half half_of(std::size_t row) {
  return row % 2 == 0 ? Half::development : Half::held_out;
}

/// "pt-br" → "pt".
std::string primary(const std::string& language) {
  return language.substr(0, language.find('-'));
}

struct Section {
  std::string text;
};

struct Page {
  std::string whole;  ///< without headings and front matter
  std::vector<Section> sections;
};

Page read_page(const std::filesystem::path& file) {
  Page page;
  page.sections.emplace_back();
  const std::string content = read_whole(file);
  std::size_t number = 0;
  bool in_front = false;
  bool in_code = false;
  for (const std::string_view line : split(content, '\n')) {
    if (number++ == 0 && trimmed(line) == "---") {
      in_front = true;
      continue;
    }
    if (in_front) {
      in_front = trimmed(line) != "---";
      continue;
    }
    if (trimmed(line).starts_with("```") || trimmed(line).starts_with("~~~")) in_code = !in_code;
    const std::size_t marks = std::min(line.find_first_not_of('#'), line.size());
    if (!in_code && marks >= 1 && marks <= 6 && marks < line.size() && line[marks] == ' ') {
      page.sections.emplace_back();
      continue;
    }
    ((page.sections.back().text += line) += '\n');
    ((page.whole += line) += '\n');
  }
  return page;
}

/// Rows of a file with a header; fields may be quoted and hold line breaks.
std::vector<std::vector<std::string>> read_table(const std::filesystem::path& file, char separator) {
  const std::string content = read_whole(file);
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const char c = content[i];
    if (is_quoted) {
      if (c == '"' && i + 1 < content.size() && content[i + 1] == '"') {
        row.back() += content[++i];
      } else if (c == '"') {
        is_quoted = false;
      } else {
        row.back() += c;
      }
    } else if (c == '"' && row.back().empty()) {
      is_quoted = true;
    } else if (c == separator) {
      row.emplace_back();
    } else if (c == '\n') {
      rows.push_back(std::move(row));
      row.assign(1, {});
    } else if (c != '\r') {
      row.back() += c;
    }
  }
  if (row.size() > 1) rows.push_back(std::move(row));
  return rows;
}

std::size_t column(const std::vector<std::string>& header, std::string_view name) {
  return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
}

struct HelpRow {
  std::string language;
  std::string page;
  std::size_t section = 0;
  bool in_pool = false;
  std::string query;
  Half half = Half::development;
};

std::vector<HelpRow> read_help_rows(const std::filesystem::path& folder) {
  std::vector<HelpRow> rows;
  std::map<std::string, std::size_t> count;
  const std::string content = read_whole(folder / "queries.tsv");
  for (const std::string_view line : split(content, '\n')) {
    const auto fields = split(line, '\t');
    if (fields.size() != 5 || fields[0] == "lang") continue;
    HelpRow row;
    row.language = fields[0];
    row.page = fields[1];
    row.section = static_cast<std::size_t>(std::stoul(std::string(fields[2])));
    row.in_pool = fields[3] == "1";
    row.query = trimmed(fields[4]);
    row.half = half_of(count[row.language]++);
    rows.push_back(std::move(row));
  }
  return rows;
}

/// "cloud/use-dify/…" below the language's folder, or a bare file name.
std::map<std::string, Page> read_pages(const std::filesystem::path& folder) {
  std::map<std::string, Page> pages;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    pages.emplace(std::filesystem::relative(entry.path(), folder).string(), read_page(entry.path()));
  }
  return pages;
}

using PagesByLanguage = std::map<std::string, std::map<std::string, Page>>;

void add_language_sets(std::vector<RetrievalSet>& sets, const std::string& name, const std::string& language,
                       const std::map<std::string, Page>& pages, const std::vector<HelpRow>& rows) {
  RetrievalSet whole{name + " pages", language, {}, {}};
  RetrievalSet parts{name + " sections", language, {}, {}};
  std::map<std::string, std::size_t> number_of_page;
  std::map<std::pair<std::string, std::size_t>, std::size_t> number_of_section;
  for (const auto& [file, page] : pages) {
    number_of_page[file] = whole.texts.size();
    whole.texts.push_back({page.whole, kMarkdownName, primary(language)});
    for (std::size_t i = 0; i < page.sections.size(); ++i) {
      number_of_section[{file, i}] = parts.texts.size();
      parts.texts.push_back({page.sections[i].text, kMarkdownName, primary(language)});
    }
  }
  for (const HelpRow& row : rows) {
    if (row.language != language) continue;
    whole.queries.push_back({row.query, primary(language), {number_of_page.at(row.page)}, row.half});
    parts.queries.push_back({row.query, primary(language), {number_of_section.at({row.page, row.section})}, row.half});
  }
  sets.push_back(std::move(whole));
  sets.push_back(std::move(parts));
}

}  // namespace

std::optional<std::filesystem::path> corpus_folder(std::string_view name) {
  const char* fixtures = std::getenv("GUILDHALL_FIXTURES");
  const std::filesystem::path root =
      fixtures != nullptr && *fixtures != '\0' ? std::filesystem::path(fixtures) : std::filesystem::path("..") / "shared";
  const std::filesystem::path folder = root / "corpora" / name;
  if (!std::filesystem::is_directory(folder)) return std::nullopt;
  return folder;
}

std::string read_whole(const std::filesystem::path& file) {
  const std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

RetrievalSet scifact_set(const std::filesystem::path& folder) {
  RetrievalSet set{"scifact", "en", {}, {}};
  std::map<std::string, std::size_t> number_of;
  const std::string corpus = read_whole(folder / "corpus.jsonl");
  for (const std::string_view line : split(corpus, '\n')) {
    if (trimmed(line).empty()) continue;
    const json::Value value = json::parse_or_refuse(line);
    number_of[std::string(json::text_of(value, "_id"))] = set.texts.size();
    set.texts.push_back(
        {std::string(json::text_of(value, "title")) + " " + std::string(json::text_of(value, "text")), kPlainName, "en"});
  }
  std::map<std::string, std::size_t> query_of;
  const std::string queries = read_whole(folder / "queries.jsonl");
  for (const std::string_view line : split(queries, '\n')) {
    if (trimmed(line).empty()) continue;
    const json::Value value = json::parse_or_refuse(line);
    query_of[std::string(json::text_of(value, "_id"))] = set.queries.size();
    set.queries.push_back({std::string(json::text_of(value, "text")), "en", {}, half_of(set.queries.size())});
  }
  const std::string judgements = read_whole(folder / "qrels" / "test.tsv");
  for (const std::string_view line : split(judgements, '\n')) {
    const auto fields = split(trimmed(line), '\t');
    if (fields.size() != 3 || fields[0] == "query-id") continue;
    set.queries[query_of.at(std::string(fields[0]))].gold.push_back(number_of.at(std::string(fields[1])));
  }
  return set;
}

Xquad read_xquad(const std::filesystem::path& folder, const std::string& language) {
  Xquad xquad;
  xquad.language = language;
  const json::Value corpus = json::parse_or_refuse(read_whole(folder / ("xquad." + language + ".json")));
  std::size_t article = 0;
  for (const json::Value& entry : *json::find_array(corpus, "data")) {
    for (const json::Value& paragraph : *json::find_array(entry, "paragraphs")) {
      for (const json::Value& qa : *json::find_array(paragraph, "qas")) {
        XquadQuestion question;
        question.text = json::text_of(qa, "question");
        for (const json::Value& answer : *json::find_array(qa, "answers"))
          question.answers.emplace_back(json::text_of(answer, "text"));
        question.paragraph = xquad.paragraphs.size();
        question.article = article;
        xquad.questions.push_back(std::move(question));
      }
      xquad.paragraphs.emplace_back(json::text_of(paragraph, "context"));
      xquad.article_of_paragraph.push_back(article);
    }
    ++article;
  }
  return xquad;
}

RetrievalSet xquad_set(const Xquad& xquad) {
  RetrievalSet set{"xquad", xquad.language, {}, {}};
  for (const std::string& paragraph : xquad.paragraphs) set.texts.push_back({paragraph, kPlainName, xquad.language});
  for (const XquadQuestion& question : xquad.questions)
    set.queries.push_back({question.text, xquad.language, {question.paragraph}, half_of(question.article)});
  return set;
}

RetrievalSet xquad_pool(const std::vector<Xquad>& all) {
  RetrievalSet pool{"xquad", "pool", {}, {}};
  for (const Xquad& xquad : all) {
    const std::size_t first = pool.texts.size();
    RetrievalSet own = xquad_set(xquad);
    for (KnowledgeText& text : own.texts) pool.texts.push_back(std::move(text));
    for (KnowledgeQuery& query : own.queries) {
      query.gold.front() += first;
      pool.queries.push_back(std::move(query));
    }
  }
  return pool;
}

std::vector<RetrievalSet> help_centre_sets(const std::filesystem::path& folder, const std::string& name) {
  const std::vector<HelpRow> rows = read_help_rows(folder);
  PagesByLanguage pages;
  for (const HelpRow& row : rows) {
    if (!pages.contains(row.language)) pages.emplace(row.language, read_pages(folder / row.language));
  }
  std::vector<RetrievalSet> sets;
  RetrievalSet pool{name + " pages", "pool", {}, {}};
  for (const auto& [language, own] : pages) {
    add_language_sets(sets, name, language, own, rows);
    std::map<std::string, std::size_t> number_of;
    for (const auto& [file, page] : own) {
      number_of[file] = pool.texts.size();
      pool.texts.push_back({page.whole, kMarkdownName, primary(language)});
    }
    for (const HelpRow& row : rows) {
      if (row.language == language && row.in_pool)
        pool.queries.push_back({row.query, primary(language), {number_of.at(row.page)}, row.half});
    }
  }
  sets.push_back(std::move(pool));
  return sets;
}

std::vector<FaqRow> read_faq(const std::filesystem::path& folder) {
  const auto table = read_table(folder / "faq_200327.tsv", '\t');
  const std::size_t question = column(table.front(), "question");
  const std::size_t answer = column(table.front(), "answer");
  const std::size_t language = column(table.front(), "lang");
  std::vector<FaqRow> rows;
  for (std::size_t i = 1; i < table.size(); ++i) {
    if (table[i].size() <= language) continue;
    rows.push_back({std::string(trimmed(table[i][question])), std::string(trimmed(table[i][answer])), table[i][language]});
  }
  return rows;
}

std::vector<QuestionPair> read_question_pairs(const std::filesystem::path& folder, const std::string& language) {
  const auto table = read_table(folder / ("eval_question_similarity_" + language + ".csv"), ',');
  std::vector<QuestionPair> pairs;
  for (std::size_t i = 1; i < table.size(); ++i) {
    if (table[i].size() < 3) continue;
    pairs.push_back({std::string(trimmed(table[i][0])), std::string(trimmed(table[i][1])), trimmed(table[i][2]) == "1"});
  }
  return pairs;
}

RetrievalSet faq_answer_set(const std::vector<FaqRow>& rows, const std::string& language) {
  RetrievalSet set{"covid-faq answers", language, {}, {}};
  std::map<std::string, std::size_t> number_of;
  std::map<std::string, std::size_t> query_of;
  for (const FaqRow& row : rows) {
    if (row.language != language) continue;
    const auto [answer, is_new] = number_of.emplace(row.answer, set.texts.size());
    if (is_new) set.texts.push_back({row.answer, kPlainName, language});
    const auto [query, is_new_query] = query_of.emplace(row.question, set.queries.size());
    if (is_new_query) set.queries.push_back({row.question, language, {}, half_of(set.queries.size())});
    std::vector<std::size_t>& gold = set.queries[query->second].gold;
    if (std::find(gold.begin(), gold.end(), answer->second) == gold.end()) gold.push_back(answer->second);
  }
  return set;
}

}  // namespace guildhall::bench
