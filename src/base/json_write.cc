// Values to JSON text: compact, indented and canonical (RFC 8785). Numbers are written as ECMAScript writes them.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/json.h"

namespace guildhall::json {

namespace {

/// The shortest digits that read back equal, laid out by Number::toString of ECMA-262. Finite values only.
void append_es6_number(std::string& out, double value) {
  if (value == 0) {
    out += '0';
    return;
  }
  std::array<char, 32> buffer;
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value), std::chars_format::scientific);
  const std::string_view scientific(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  const auto mark = scientific.find('e');
  std::string digits(1, scientific[0]);
  if (mark > 2) digits += scientific.substr(2, mark - 2);
  int exponent = 0;
  const std::size_t exponent_at = mark + (scientific[mark + 1] == '+' ? 2 : 1);
  std::from_chars(scientific.data() + exponent_at, written.ptr, exponent);

  if (value < 0) out += '-';
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  if (point > 0 && point <= 21) {
    if (count <= point) {
      out += digits.append(static_cast<std::size_t>(point - count), '0');
    } else {
      out += digits.insert(static_cast<std::size_t>(point), 1, '.');
    }
  } else if (point > -6 && point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else {
    if (count > 1) digits.insert(1, 1, '.');
    out += digits;
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  }
}

/// JSON has no infinities; like ECMAScript's stringify, null stands for them where no hash depends on it.
void append_double(std::string& out, double value) {
  if (std::isfinite(value)) {
    append_es6_number(out, value);
  } else {
    out += "null";
  }
}

template <class Integer>
void append_integer(std::string& out, Integer value) {
  std::array<char, 24> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), written.ptr);
}

void append_scalar(std::string& out, const Value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: out += "null"; return;
    case boost::json::kind::bool_: out += value.get_bool() ? "true" : "false"; return;
    case boost::json::kind::int64: append_integer(out, value.get_int64()); return;
    case boost::json::kind::uint64: append_integer(out, value.get_uint64()); return;
    case boost::json::kind::double_: append_double(out, value.get_double()); return;
    case boost::json::kind::string: append_string(out, view(value.get_string())); return;
    case boost::json::kind::array:
    case boost::json::kind::object: break;
  }
  throw std::logic_error("append_scalar was given a container");
}

void append_line(std::string& out, std::size_t depth) {
  out += '\n';
  out.append(depth * 2, ' ');
}

void append_pretty(std::string& out, const Value& value, std::size_t depth) {
  if (const Array* array = value.if_array(); array != nullptr && !array->empty()) {
    out += '[';
    for (const Value& item : *array) {
      if (&item != array->data()) out += ',';
      append_line(out, depth + 1);
      append_pretty(out, item, depth + 1);
    }
    append_line(out, depth);
    out += ']';
  } else if (const Object* object = value.if_object(); object != nullptr && !object->empty()) {
    out += '{';
    for (const auto& member : *object) {
      if (&member != object->begin()) out += ',';
      append_line(out, depth + 1);
      append_string(out, {member.key().data(), member.key().size()});
      out += ": ";
      append_pretty(out, member.value(), depth + 1);
    }
    append_line(out, depth);
    out += '}';
  } else {
    append(out, value);
  }
}

/// UTF-16 orders the code points past U+FFFF, written with surrogates, before U+E000..U+FFFF. In UTF-8 those are the lead
/// bytes F0..F4 against EE and EF; everywhere else the two orders agree.
bool precedes_in_utf16(std::string_view a, std::string_view b) {
  const auto differs = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (differs.first == a.end() || differs.second == b.end()) return differs.first == a.end() && differs.second != b.end();
  const auto x = static_cast<unsigned char>(*differs.first);
  const auto y = static_cast<unsigned char>(*differs.second);
  const bool x_is_pair = x >= 0xf0;
  const bool y_is_pair = y >= 0xf0;
  if (x_is_pair != y_is_pair && x >= 0xee && y >= 0xee) return x_is_pair;
  return x < y;
}

void append_canonical(std::string& out, const Value& value) {
  if (const Array* array = value.if_array()) {
    out += '[';
    for (const Value& item : *array) {
      if (&item != array->data()) out += ',';
      append_canonical(out, item);
    }
    out += ']';
  } else if (const Object* object = value.if_object()) {
    std::vector<const boost::json::key_value_pair*> members;
    members.reserve(object->size());
    for (const auto& member : *object) members.push_back(&member);
    std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) {
      return precedes_in_utf16({a->key().data(), a->key().size()}, {b->key().data(), b->key().size()});
    });
    out += '{';
    for (const auto* member : members) {
      if (member != members.front()) out += ',';
      append_string(out, {member->key().data(), member->key().size()});
      out += ':';
      append_canonical(out, member->value());
    }
    out += '}';
  } else if (value.is_number()) {
    // Every number is an IEEE double there, whatever it was parsed into (RFC 8785 §3.2.2.3).
    const double number = value.to_number<double>();
    if (!std::isfinite(number)) throw std::invalid_argument("an infinite number has no canonical form");
    append_es6_number(out, number);
  } else {
    append_scalar(out, value);
  }
}

}  // namespace

std::string write(const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

void append(std::string& out, const Value& value) {
  if (const Array* array = value.if_array()) {
    out += '[';
    for (const Value& item : *array) {
      if (&item != array->data()) out += ',';
      append(out, item);
    }
    out += ']';
  } else if (const Object* object = value.if_object()) {
    out += '{';
    for (const auto& member : *object) {
      if (&member != object->begin()) out += ',';
      append_string(out, {member.key().data(), member.key().size()});
      out += ':';
      append(out, member.value());
    }
    out += '}';
  } else {
    append_scalar(out, value);
  }
}

void append_string(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // start of the run not yet copied
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out += text.substr(plain, i - plain);
    plain = i + 1;
    switch (byte) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 0x0f];
    }
  }
  out += text.substr(plain);
  out += '"';
}

std::string write_pretty(const Value& value) {
  std::string out;
  append_pretty(out, value, 0);
  return out;
}

std::string write_canonical(const Value& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

}  // namespace guildhall::json
