// The question sets of the shared corpora, as their READMEs define them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::bench {

/// Tuning looks at the development half only: even articles of xquad, even rows elsewhere.
enum class Half { development, held_out };

struct KnowledgeText {
  std::string text;
  std::string filename;  ///< names no topic; decides how the text is read
  std::string language;  ///< of its folder
};

struct KnowledgeQuery {
  std::string text;
  std::string language;
  std::vector<std::size_t> gold;  ///< numbers of texts
  Half half = Half::development;
};

/// Texts to index and questions to rank them by.
struct RetrievalSet {
  std::string name;      ///< "xquad", "hexo pages", …
  std::string language;  ///< "en", or "pool"
  std::vector<KnowledgeText> texts;
  std::vector<KnowledgeQuery> queries;
  bool is_pool() const { return language == "pool"; }
};

struct XquadQuestion {
  std::string text;
  std::vector<std::string> answers;
  std::size_t paragraph = 0;
  std::size_t article = 0;
};

struct Xquad {
  std::string language;
  std::vector<std::string> paragraphs;
  std::vector<std::size_t> article_of_paragraph;
  std::vector<XquadQuestion> questions;
};

struct FaqRow {
  std::string question;
  std::string answer;
  std::string language;
};

struct QuestionPair {
  std::string stored;
  std::string asked;
  bool is_similar = false;
};

/// The corpus's folder below $GUILDHALL_FIXTURES/corpora or ../shared/corpora; nullopt where it is absent.
std::optional<std::filesystem::path> corpus_folder(std::string_view name);

RetrievalSet scifact_set(const std::filesystem::path& folder);
Xquad read_xquad(const std::filesystem::path& folder, const std::string& language);
RetrievalSet xquad_set(const Xquad& xquad);
RetrievalSet xquad_pool(const std::vector<Xquad>& all);
/// hexo-docs and dify-docs: pages and sections of each language and the pool of all pages.
std::vector<RetrievalSet> help_centre_sets(const std::filesystem::path& folder, const std::string& name);
std::vector<FaqRow> read_faq(const std::filesystem::path& folder);
std::vector<QuestionPair> read_question_pairs(const std::filesystem::path& folder, const std::string& language);
/// Task 3 of covid-faq: the distinct answers of a language, found by the questions they were given to.
RetrievalSet faq_answer_set(const std::vector<FaqRow>& rows, const std::string& language);

std::string read_whole(const std::filesystem::path& file);

}  // namespace guildhall::bench
