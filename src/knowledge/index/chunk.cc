// Sections, small ones joined, packed into chunks.
#include "index/chunk.h"

#include <algorithm>

#include "../limits.h"
#include "base/text.h"
#include "knowledge/language.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

struct PlacedBlock {
  Block block;
  std::int64_t tokens = 0;
  std::int64_t char_begin = 0;
};

struct Section {
  std::vector<Block> headings;  ///< from the outermost to its own
  bool is_passage = false;      ///< one chunk, however small
  std::int64_t heading_begin = 0;
  std::vector<PlacedBlock> blocks;
  std::int64_t tokens = 0;
};

std::vector<Section> sections_of(const Extracted& extracted) {
  std::vector<Section> sections(1);
  std::vector<Block> path;
  std::int64_t position = 0;
  for (const Block& block : extracted.blocks) {
    const auto length = static_cast<std::int64_t>(code_points(block.text));
    if (block.kind == BlockKind::heading) {
      while (!path.empty() && path.back().level >= block.level) path.pop_back();
      path.push_back(block);
      sections.push_back({path, false, position, {}, 0});
    } else {
      const std::int64_t tokens = text_tokens(block.text);
      if (block.is_passage || sections.back().is_passage) sections.push_back({path, block.is_passage, position, {}, 0});
      sections.back().blocks.push_back({block, tokens, position});
      sections.back().tokens += tokens;
    }
    position += length + 1;
  }
  std::erase_if(sections, [](const Section& section) { return section.blocks.empty(); });
  return sections;
}

bool are_siblings(const Section& a, const Section& b) {
  if (a.headings.empty() || a.headings.size() != b.headings.size() || a.headings.back().level != b.headings.back().level)
    return false;
  return std::equal(a.headings.begin(), a.headings.end() - 1, b.headings.begin(),
                    [](const Block& x, const Block& y) { return x.text == y.text && x.anchor == y.anchor; });
}

/// A section below 64 tokens joins the next one under the same parent, whose heading then stands in the text.
std::vector<Section> with_small_sections_joined(std::vector<Section> sections, std::int64_t chunk_size) {
  std::vector<Section> joined;
  for (Section& section : sections) {
    const bool joins = !joined.empty() && !joined.back().is_passage && !section.is_passage &&
                       joined.back().tokens < kSmallSectionTokens && are_siblings(joined.back(), section) &&
                       joined.back().tokens + section.tokens < chunk_size;
    if (!joins) {
      joined.push_back(std::move(section));
      continue;
    }
    Section& target = joined.back();
    const Block& heading = section.headings.back();
    const std::int64_t tokens = text_tokens(heading.text);
    target.blocks.push_back({heading, tokens, section.heading_begin});
    target.tokens += tokens + section.tokens;
    for (PlacedBlock& block : section.blocks) target.blocks.push_back(std::move(block));
  }
  return joined;
}

/// Fills chunks of one section.
class Packer {
 public:
  Packer(const Extracted& extracted, const BaseSettings& settings, std::string_view language, std::vector<Chunk>& out)
      : extracted_(extracted), settings_(settings), language_(language), out_(out) {}

  void pack(const Section& section, std::int64_t number) {
    section_ = &section;
    number_ = number;
    if (section.is_passage) {
      add_passage(section.blocks.front());
    } else {
      for (const PlacedBlock& placed : section.blocks) add_block(placed);
    }
    close();
  }

 private:
  /// A pair is one chunk whatever its length; a row stands below the row that names its columns.
  void add_passage(const PlacedBlock& placed) {
    const Block& block = placed.block;
    if (block.question.empty()) {
      repeat_table_header(block, placed.tokens);
      add_block(placed);
      return;
    }
    chunk_.question = block.question;
    append(block, block.text, placed.tokens, {}, placed.char_begin,
           placed.char_begin + static_cast<std::int64_t>(code_points(block.text)));
  }

  void add_block(const PlacedBlock& placed) {
    const std::string_view glue = glue_before(placed.block);
    const std::int64_t end = placed.char_begin + static_cast<std::int64_t>(code_points(placed.block.text));
    if (placed.tokens <= settings_.chunk_size) {
      append(placed.block, placed.block.text, placed.tokens, glue, placed.char_begin, end);
    } else if (placed.block.kind == BlockKind::code) {
      add_code_in_parts(placed);
    } else {
      add_in_sentences(placed, glue);
    }
  }

  std::string_view glue_before(const Block& block) const {
    const bool continues =
        (block.kind == BlockKind::list_item && last_kind_ == BlockKind::list_item) ||
        (block.kind == BlockKind::table_row && last_kind_ == BlockKind::table_row && last_table_ == block.table);
    return continues ? "\n" : "\n\n";
  }

  /// Adds text that is kept whole, in a new chunk when this one is full.
  void append(const Block& block, std::string_view text, std::int64_t tokens, std::string_view glue, std::int64_t begin,
              std::int64_t end) {
    if (!chunk_.text.empty() && chunk_.tokens + tokens > settings_.chunk_size) {
      const std::string overlap = overlap_for(tokens);
      close();
      if (!overlap.empty()) {
        chunk_.text = overlap;
        chunk_.tokens = text_tokens(overlap);
        chunk_.prose = overlap;
        glue = "\n\n";
      }
      chunk_.overlap_bytes = static_cast<std::int64_t>(overlap.size());
      repeat_table_header(block, tokens);
    }
    if (is_fresh_) {
      chunk_.char_begin = begin;
      chunk_.page = block.page;
    }
    if (!chunk_.text.empty()) chunk_.text += glue;
    chunk_.text += text;
    if (block.kind != BlockKind::code) (chunk_.prose += text) += '\n';
    chunk_.tokens += tokens;
    chunk_.char_end = end;
    is_fresh_ = false;
    last_kind_ = block.kind;
    last_table_ = block.table;
  }

  void repeat_table_header(const Block& block, std::int64_t tokens) {
    const std::string_view header = extracted_.header_of(block);
    if (header.empty() || header.size() > kRepeatedHeaderBytesMax) return;
    const std::int64_t header_tokens = text_tokens(header);
    if (header_tokens + tokens > settings_.chunk_size) return;
    chunk_.text = header;
    chunk_.tokens = header_tokens;
    chunk_.overlap_bytes = static_cast<std::int64_t>(header.size());
    last_kind_ = BlockKind::table_row;
    last_table_ = block.table;
  }

  /// The last sentences of the current chunk, as many as the overlap allows; none after code or a table.
  std::string overlap_for(std::int64_t next_tokens) const {
    if (settings_.chunk_overlap == 0 || last_kind_ == BlockKind::code || last_kind_ == BlockKind::table_row ||
        last_kind_ == BlockKind::heading) {
      return {};
    }
    const std::int64_t room = std::min(settings_.chunk_overlap, settings_.chunk_size - next_tokens);
    // Only the end can matter, and it holds no more than this many bytes.
    const std::size_t window = std::min<std::size_t>(chunk_.text.size(), 8 * 1024);
    const std::size_t from = chunk_.text.size() - window;
    const std::vector<Span> spans = sentences(std::string_view(chunk_.text).substr(from), language_);
    std::int64_t tokens = 0;
    std::size_t begin = chunk_.text.size();
    for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
      tokens += text_tokens(std::string_view(chunk_.text).substr(from + span->begin, span->end - span->begin));
      if (tokens > room || (from > 0 && span->begin == 0)) break;
      begin = from + span->begin;
    }
    // A chunk that would repeat all of the one before says nothing new.
    return begin == 0 ? std::string() : chunk_.text.substr(begin);
  }

  void add_in_sentences(const PlacedBlock& placed, std::string_view glue) {
    const std::string_view text = placed.block.text;
    std::int64_t begin = placed.char_begin;
    std::size_t counted = 0;
    for (const Span& span : sentences(text, language_)) {
      const std::string_view sentence = text.substr(span.begin, span.end - span.begin);
      begin += static_cast<std::int64_t>(code_points(text.substr(counted, span.begin - counted)));
      counted = span.begin;
      add_sentence(placed.block, sentence, glue, begin);
      glue = " ";
    }
  }

  /// A sentence that does not fit a chunk is cut between words.
  void add_sentence(const Block& block, std::string_view sentence, std::string_view glue, std::int64_t begin) {
    std::size_t part_begin = 0;
    std::size_t part_end = 0;
    std::int64_t tokens = 0;
    const auto add_part = [&](std::size_t end) {
      const std::string_view part = trimmed(sentence.substr(part_begin, end - part_begin));
      if (!part.empty()) append(block, part, tokens, glue, begin, begin + static_cast<std::int64_t>(code_points(part)));
      begin += static_cast<std::int64_t>(code_points(sentence.substr(part_begin, end - part_begin)));
      part_begin = end;
      tokens = 0;
      glue = " ";
    };
    Word word;
    for (std::size_t at = 0; next_word(sentence, at, word); at = part_end) {
      std::size_t word_end = word.end;
      std::int64_t word_tokens = text_tokens(sentence.substr(word.begin, word.end - word.begin));
      if (word_tokens > settings_.chunk_size) {
        // A run of an unspaced script without any punctuation: cut at a character.
        word_end = word.begin + prefix_code_points(sentence.substr(word.begin, word.end - word.begin),
                                                   static_cast<std::size_t>(settings_.chunk_size) * 2)
                                    .size();
        word_tokens = settings_.chunk_size;
      }
      if (tokens + word_tokens > settings_.chunk_size) add_part(word.begin);
      tokens += word_tokens;
      part_end = word_end;
    }
    add_part(sentence.size());
  }

  /// Code that does not fit is split between lines, each part fenced.
  void add_code_in_parts(const PlacedBlock& placed) {
    const std::string_view text = placed.block.text;
    const std::size_t first_line = text.find('\n');
    const std::string fence(text.substr(0, first_line));
    std::string part;
    std::int64_t tokens = 0;
    std::int64_t begin = placed.char_begin + static_cast<std::int64_t>(code_points(fence)) + 1;
    const auto add_part = [&] {
      if (part.empty()) return;
      const auto length = static_cast<std::int64_t>(code_points(part));
      append(placed.block, fence + "\n" + part + "```", tokens, "\n\n", begin, begin + length);
      begin += length;
      part.clear();
      tokens = 0;
    };
    const std::string_view body = text.substr(first_line + 1, text.size() - first_line - 1 - 3);
    for (const std::string_view line : split(body, '\n')) {
      const std::int64_t line_tokens = text_tokens(line);
      if (tokens + line_tokens > settings_.chunk_size) add_part();
      if (line_tokens > settings_.chunk_size) {
        add_sentence(placed.block, line, "\n\n", begin);
        begin += static_cast<std::int64_t>(code_points(line)) + 1;
        continue;
      }
      (part += line) += '\n';
      tokens += line_tokens;
    }
    add_part();
  }

  void close() {
    if (!trimmed(chunk_.text).empty() && !is_fresh_) {
      chunk_.section = number_;
      for (const Block& heading : section_->headings) chunk_.heading_path.push_back(heading.text);
      for (auto heading = section_->headings.rbegin(); heading != section_->headings.rend() && chunk_.anchor.empty(); ++heading) {
        chunk_.anchor = heading->anchor;
      }
      out_.push_back(std::move(chunk_));
    }
    chunk_ = {};
    is_fresh_ = true;
    last_table_ = -1;
  }

  const Extracted& extracted_;
  const BaseSettings& settings_;
  std::string_view language_;
  std::vector<Chunk>& out_;
  const Section* section_ = nullptr;
  std::int64_t number_ = 0;
  Chunk chunk_;
  bool is_fresh_ = true;  ///< holds nothing but overlap yet
  BlockKind last_kind_ = BlockKind::heading;
  int last_table_ = -1;
};

/// A document of headings alone is one chunk of them.
Chunk headings_alone(const Extracted& extracted) {
  Chunk chunk;
  for (const Block& block : extracted.blocks) {
    if (!chunk.text.empty()) chunk.text += '\n';
    chunk.text += block.text;
    if (chunk.anchor.empty()) chunk.anchor = block.anchor;
  }
  chunk.prose = chunk.text;
  chunk.tokens = text_tokens(chunk.text);
  chunk.page = extracted.blocks.front().page;
  chunk.char_end = static_cast<std::int64_t>(code_points(chunk.text));
  return chunk;
}

}  // namespace

std::vector<Chunk> chunk_document(const Extracted& extracted, const BaseSettings& settings, std::string_view language) {
  std::vector<Chunk> chunks;
  const std::vector<Section> sections = with_small_sections_joined(sections_of(extracted), settings.chunk_size);
  if (sections.empty()) {
    if (!extracted.blocks.empty()) chunks.push_back(headings_alone(extracted));
    return chunks;
  }
  Packer packer(extracted, settings, language, chunks);
  std::int64_t number = 0;
  for (const Section& section : sections) packer.pack(section, number++);
  return chunks;
}

}  // namespace guildhall::knowledge
