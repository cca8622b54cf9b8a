// CSV (RFC 4180), one record after the other. Fed by anyone: uploaded documents, question files, files of flows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall {

/// Of the candidates the one the first line holds most of; of equals the one that stands first.
char csv_delimiter_of(std::string_view text, std::string_view candidates = ",;\t");

/// How a record ended.
enum class CsvEnd : std::uint8_t {
  record,           ///< with its line, or with the text
  text,             ///< there is no further record
  open_quote,       ///< the text ended inside quotation marks; the fields are what there is
  too_many_fields,  ///< more than `fields_max`; the fields are the first of them
};

/// Records of a text, which must outlive it. Lines end with LF or CRLF. A field that begins with a quotation mark may hold
/// delimiters, line ends and doubled marks up to the mark that closes it; what follows that one belongs to the field as it is.
/// A blank line is a record of one empty field. After anything but CsvEnd::record the reader stays at the end.
class CsvReader {
 public:
  CsvReader(std::string_view text, char delimiter, std::size_t fields_max);

  CsvEnd next(std::vector<std::string>& fields);
  /// Where the record that next() read last begins, from 1.
  std::int64_t line() const { return line_; }
  bool is_at_end() const { return at_ >= text_.size(); }

 private:
  std::string take_field();
  bool take_quoted(std::string& field);

  std::string_view text_;
  std::array<char, 2> ends_;
  std::size_t fields_max_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  ///< of the record read last
  std::int64_t line_ = 1;
  bool is_open_ = false;
};

/// The text as one field, in quotation marks where it needs them with any of the delimiters `,;\t`.
std::string csv_field(std::string_view text);

}  // namespace guildhall
