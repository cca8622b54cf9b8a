// JSON text to values. The text comes from anyone: depth, encoding and numbers are checked here, sizes by who reads the bytes.
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/json.h"

namespace guildhall::json {

namespace {

namespace bj = boost::json;

/// Whether a decimal number text is below one in magnitude, for telling underflow from overflow.
bool is_below_one(std::string_view number) {
  std::int64_t exponent = 0;
  const auto mark = number.find_first_of("eE");
  if (mark != std::string_view::npos) {
    std::string_view digits = number.substr(mark + 1);
    if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (read.ec == std::errc::result_out_of_range) return digits.front() == '-';
    number = number.substr(0, mark);
  }
  const auto point = std::min(number.find('.'), number.size());
  const auto first = number.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  const auto lead = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  return exponent + lead < 0;
}

/// Receives the parser's events and builds the value on a stack. Lives for one parse.
class Builder {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit Builder(bool refuse_duplicate_keys) : refuse_duplicate_keys_(refuse_duplicate_keys) {}

  /// What this builder refused; empty when the parser did.
  const std::string& problem() const { return problem_; }
  Value release() { return stack_.release(); }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code&) {
    if (refuse_duplicate_keys_) open_keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t count, bj::error_code&) {
    if (refuse_duplicate_keys_) open_keys_.pop_back();
    stack_.push_object(count);
    return true;
  }
  bool on_array_begin(bj::error_code&) { return true; }
  bool on_array_end(std::size_t count, bj::error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_chars(part);
    if (refuse_duplicate_keys_) key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(bj::string_view part, std::size_t, bj::error_code& ec) {
    stack_.push_key(part);
    if (!refuse_duplicate_keys_) return true;
    key_.append(part.data(), part.size());
    const bool is_new = open_keys_.back().insert(key_).second;
    if (!is_new) refuse("duplicate key \"" + key_ + "\"", ec);
    key_.clear();
    return is_new;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(bj::string_view part, bj::error_code&) {
    number_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t value, bj::string_view, bj::error_code&) {
    number_.clear();
    stack_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, bj::string_view, bj::error_code&) {
    number_.clear();
    stack_.push_uint64(value);
    return true;
  }
  bool on_double(double, bj::string_view part, bj::error_code& ec) {
    number_.append(part.data(), part.size());
    const std::string text = std::exchange(number_, {});
    return push_number(text, ec);
  }
  bool on_bool(bool value, bj::error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(bj::error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  void refuse(std::string problem, bj::error_code& ec) {
    problem_ = std::move(problem);
    ec = boost::system::errc::make_error_code(boost::system::errc::invalid_argument);
  }

  /// The parser's own doubles are off by a unit in the last place now and then; the text is read again, exactly.
  bool push_number(std::string_view text, bj::error_code& ec) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc::result_out_of_range) {
      if (!is_below_one(text.substr(text.front() == '-' ? 1 : 0))) {
        refuse("number out of range", ec);
        return false;
      }
      value = text.front() == '-' ? -0.0 : 0.0;
    } else if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
      refuse("malformed number", ec);
      return false;
    }
    stack_.push_double(value);
    return true;
  }

  bj::value_stack stack_;
  const bool refuse_duplicate_keys_;
  std::vector<std::unordered_set<std::string>> open_keys_;
  std::string key_;
  std::string number_;
  std::string problem_;
};

}  // namespace

std::optional<Value> parse(std::string_view text, ParseError& error, const ParseLimits& limits) {
  bj::parse_options options;
  options.max_depth = limits.depth_max;
  bj::basic_parser<Builder> parser(options, limits.refuse_duplicate_keys);
  bj::error_code ec;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), ec);
  std::string problem;
  if (ec) {
    problem = parser.handler().problem().empty() ? ec.message() : parser.handler().problem();
  } else if (consumed < text.size()) {
    problem = "bytes after the end of the document";
  } else {
    return parser.handler().release();
  }
  error.offset = consumed;
  error.message = problem + " at byte " + std::to_string(consumed);
  return std::nullopt;
}

Value parse_or_refuse(std::string_view text, const ParseLimits& limits) {
  ParseError error;
  auto value = parse(text, error, limits);
  if (!value) throw Refusal(Code::malformed_json, "malformed JSON: " + error.message);
  return std::move(*value);
}

const Value* find(const Object& object, std::string_view key) {
  return object.if_contains({key.data(), key.size()});
}

const Value* find(const Value& value, std::string_view key) {
  const Object* object = value.if_object();
  return object == nullptr ? nullptr : find(*object, key);
}

const Object* find_object(const Object& object, std::string_view key) {
  const Value* member = find(object, key);
  return member == nullptr ? nullptr : member->if_object();
}

const Object* find_object(const Value& value, std::string_view key) {
  const Object* object = value.if_object();
  return object == nullptr ? nullptr : find_object(*object, key);
}

const Array* find_array(const Object& object, std::string_view key) {
  const Value* member = find(object, key);
  return member == nullptr ? nullptr : member->if_array();
}

const Array* find_array(const Value& value, std::string_view key) {
  const Object* object = value.if_object();
  return object == nullptr ? nullptr : find_array(*object, key);
}

std::string_view text_of(const Object& object, std::string_view key, std::string_view otherwise) {
  const Value* member = find(object, key);
  const String* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? otherwise : view(*text);
}

std::string_view text_of(const Value& value, std::string_view key, std::string_view otherwise) {
  const Object* object = value.if_object();
  return object == nullptr ? otherwise : text_of(*object, key, otherwise);
}

bool bool_of(const Object& object, std::string_view key, bool otherwise) {
  const Value* member = find(object, key);
  const bool* flag = member == nullptr ? nullptr : member->if_bool();
  return flag == nullptr ? otherwise : *flag;
}

bool bool_of(const Value& value, std::string_view key, bool otherwise) {
  const Object* object = value.if_object();
  return object == nullptr ? otherwise : bool_of(*object, key, otherwise);
}

std::optional<std::int64_t> integer_of(const Object& object, std::string_view key) {
  const Value* member = find(object, key);
  const std::int64_t* integer = member == nullptr ? nullptr : member->if_int64();
  return integer == nullptr ? std::nullopt : std::optional<std::int64_t>(*integer);
}

std::optional<std::int64_t> integer_of(const Value& value, std::string_view key) {
  const Object* object = value.if_object();
  return object == nullptr ? std::nullopt : integer_of(*object, key);
}

}  // namespace guildhall::json
