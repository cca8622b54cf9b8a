// CSV records: how they end, what quotes hold, what is refused.
#include "base/csv.h"

#include <doctest/doctest.h>

using namespace guildhall;

namespace {

using Fields = std::vector<std::string>;

struct ReadCsv {
  std::vector<Fields> records;
  std::vector<std::int64_t> lines;
  CsvEnd end = CsvEnd::record;
};

ReadCsv read_all(std::string_view text, char delimiter = ',', std::size_t fields_max = 100) {
  CsvReader reader(text, delimiter, fields_max);
  ReadCsv all;
  Fields fields;
  while ((all.end = reader.next(fields)) == CsvEnd::record) {
    all.records.push_back(fields);
    all.lines.push_back(reader.line());
  }
  return all;
}

}  // namespace

TEST_CASE("a record ends with its line, whichever way lines end, and with the text") {
  CHECK(read_all("a,b\r\nc,d\ne,f").records == std::vector<Fields>{{"a", "b"}, {"c", "d"}, {"e", "f"}});
  CHECK(read_all("a,\n").records == std::vector<Fields>{{"a", ""}});
  CHECK(read_all("a,").records == std::vector<Fields>{{"a", ""}});
  CHECK(read_all("\n\r\na").records == std::vector<Fields>{{""}, {""}, {"a"}});
  CHECK(read_all("").records.empty());
  CHECK(read_all("a\rb,c").records == std::vector<Fields>{{"a\rb", "c"}});
  CHECK(read_all("a\r").records == std::vector<Fields>{{"a\r"}});
}

TEST_CASE("a field in quotation marks holds delimiters, line ends and doubled marks") {
  CHECK(read_all("\"a,b\",\"c\r\nd\",\"say \"\"hi\"\"\"\nnext").records ==
        std::vector<Fields>{{"a,b", "c\r\nd", "say \"hi\""}, {"next"}});
  CHECK(read_all("\"\",\"\"\r\n").records == std::vector<Fields>{{"", ""}});
  CHECK(read_all("\"a\" and more,b").records == std::vector<Fields>{{"a and more", "b"}});
  CHECK(read_all("a \"quote\" inside,b").records == std::vector<Fields>{{"a \"quote\" inside", "b"}});
}

TEST_CASE("a quotation mark that is never closed is told with the line of its record and what there is") {
  CsvReader reader("a\n\"x\ny\",z\nb,\"open\nc", ',', 10);
  Fields fields;
  CHECK(reader.next(fields) == CsvEnd::record);
  CHECK(reader.line() == 1);
  CHECK(reader.next(fields) == CsvEnd::record);
  CHECK(reader.line() == 2);
  CHECK(reader.next(fields) == CsvEnd::open_quote);
  CHECK(reader.line() == 4);
  CHECK(fields == Fields{"b", "open\nc"});
  CHECK(reader.next(fields) == CsvEnd::text);
}

TEST_CASE("a record may have as many fields as allowed, and not one more") {
  CHECK(read_all("a,b,c\nd", ',', 3).records.size() == 2);
  CHECK(read_all("a,b,\nd", ',', 3).records.size() == 2);
  const ReadCsv more = read_all("a\na,b,c,d\ne", ',', 3);
  CHECK(more.records.size() == 1);
  CHECK(more.end == CsvEnd::too_many_fields);
  CHECK(read_all("a,b,", ',', 2).end == CsvEnd::too_many_fields);
}

TEST_CASE("the delimiter is what the first line holds most of") {
  CHECK(csv_delimiter_of("a;b;c,d\n1,2,3,4") == ';');
  CHECK(csv_delimiter_of("a\tb") == '\t');
  CHECK(csv_delimiter_of("a,b;c") == ',');
  CHECK(csv_delimiter_of("") == ',');
  CHECK(csv_delimiter_of("a|b|c,d", ",|") == '|');
}

TEST_CASE("what is written as a field reads as it was") {
  for (const std::string_view text : {"plain", "a,b", "a;b", "tab\there", "line\nend", "\r", "\"", "say \"hi\"", ""}) {
    const std::string row = csv_field(text) + "," + csv_field("next") + "\r\n";
    CHECK(read_all(row).records == std::vector<Fields>{{std::string(text), "next"}});
  }
  CHECK(csv_field("plain") == "plain");
}
