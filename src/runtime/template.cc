// Reads and fills templates.
#include "template.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "runtime/limits.h"

namespace guildhall::runtime {
namespace {

bool is_name_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0 || c == '_' || c == '-' || c == ' ';
}

struct Format {
  bool pads_with_zeros = false;
  std::size_t width = 0;
  bool has_separators = false;
  std::optional<int> decimals;
  char kind = 0;  ///< d, f, % or none
};

std::optional<Format> parse_format(std::string_view text) {
  Format format;
  std::size_t at = 0;
  const auto digits = [&](std::size_t max) {
    std::size_t value = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      value = std::min<std::size_t>(value * 10 + static_cast<std::size_t>(text[at] - '0'), max + 1);
      ++at;
    }
    return value;
  };
  format.pads_with_zeros = text.starts_with('0');
  format.width = digits(256);
  if (format.width > 256) return std::nullopt;
  if (at < text.size() && text[at] == ',') {
    format.has_separators = true;
    ++at;
  }
  if (at < text.size() && text[at] == '.') {
    const std::size_t begin = ++at;
    format.decimals = static_cast<int>(digits(20));
    if (at == begin || *format.decimals > 20) return std::nullopt;
  }
  if (at < text.size() && (text[at] == 'd' || text[at] == 'f' || text[at] == '%')) format.kind = text[at++];
  return at == text.size() ? std::optional<Format>(format) : std::nullopt;
}

std::string with_separators(const std::string& number) {
  const std::size_t begin = number.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(number.find('.'), number.size());
  std::string out = number.substr(0, begin);
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin && (end - i) % 3 == 0) out += ',';
    out += number[i];
  }
  return out + number.substr(end);
}

std::string padded(std::string text, const Format& format, bool is_number) {
  const std::size_t length = code_points(text);
  if (length >= format.width) return text;
  const std::size_t missing = format.width - length;
  if (!is_number) return text + std::string(missing, ' ');
  if (!format.pads_with_zeros) return std::string(missing, ' ') + text;
  text.insert(text.starts_with('-') ? 1 : 0, std::string(missing, '0'));
  return text;
}

std::optional<std::string> formatted(const json::Value& value, const Format& format) {
  if (!value.is_number()) {
    if (format.kind != 0 || format.decimals || format.has_separators) return std::nullopt;
    return padded(template_text(value), format, false);
  }
  const bool is_integer = value.is_int64() || value.is_uint64();
  std::string text;
  if (format.kind == 'd' || (format.kind == 0 && !format.decimals && is_integer)) {
    if (!is_integer || format.decimals) return std::nullopt;
    text = json::write(value);
  } else if (format.kind == '%') {
    text = fmt::format("{:.{}f}", value.to_number<double>() * 100, format.decimals.value_or(6));
  } else if (format.kind == 'f' || format.decimals) {
    text = fmt::format("{:.{}f}", value.to_number<double>(), format.decimals.value_or(6));
  } else {
    text = template_text(value);
  }
  if (format.has_separators) text = with_separators(text);
  if (format.kind == '%') text += '%';
  return padded(std::move(text), format, true);
}

[[noreturn]] void fail(std::string message) {
  throw TemplateError{std::move(message)};
}

}  // namespace

std::string template_text(const json::Value& value) {
  if (value.is_string()) return std::string(json::view(value.get_string()));
  if (value.is_null()) return "None";
  if (value.is_bool()) return value.get_bool() ? "True" : "False";
  if (value.is_double()) {
    const double number = value.get_double();
    std::string text = fmt::format("{}", number);
    if (std::isfinite(number) && text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
  }
  return json::write(value);
}

Template Template::parse(std::string_view text, TemplateSyntax syntax) {
  Template result;
  if (syntax == TemplateSyntax::braces) {
    result.parse_braces(text);
  } else {
    result.parse_mustache(text);
  }
  return result;
}

void Template::add_literal(std::string_view text) {
  if (text.empty()) return;
  if (pieces_.empty() || pieces_.back().is_variable) pieces_.emplace_back();
  pieces_.back().text += text;
}

void Template::parse_braces(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t brace = std::min(text.find_first_of("{}", at), text.size());
    add_literal(text.substr(at, brace - at));
    if (brace == text.size()) return;
    if (text.substr(brace).starts_with("{{") || text.substr(brace).starts_with("}}")) {
      add_literal(text.substr(brace, 1));
      at = brace + 2;
      continue;
    }
    if (text[brace] == '}') fail("The template has a single '}'; write '}}' for the character itself");
    const std::size_t end = text.find_first_of("{}", brace + 1);
    if (end == std::string_view::npos || text[end] == '{') {
      fail("The template has a '{' that is not closed at \"" + std::string(prefix_code_points(text.substr(brace), 30)) +
           "\"; write '{{' for the character itself");
    }
    pieces_.push_back(parse_variable(text.substr(brace + 1, end - brace - 1)));
    at = end + 1;
  }
}

void Template::parse_mustache(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find("{{", at);
    if (open == std::string_view::npos) return add_literal(text.substr(at));
    add_literal(text.substr(at, open - at));
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) fail("The template has '{{' without '}}'");
    const std::string_view inside = trimmed(text.substr(open + 2, close - open - 2));
    const bool is_plain = !inside.empty() && inside.find_first_of("{}#/^>!&=.") == std::string_view::npos &&
                          std::all_of(inside.begin(), inside.end(), is_name_character);
    if (!is_plain) fail("'{{" + std::string(inside) + "}}' is not supported; only '{{name}}' is");
    Piece piece;
    piece.is_variable = true;
    piece.text = inside;
    piece.source = inside;
    pieces_.push_back(std::move(piece));
    at = close + 2;
  }
}

Template::Piece Template::parse_variable(std::string_view inside) {
  Piece piece;
  piece.is_variable = true;
  piece.source = inside;
  const std::string shown = "'{" + std::string(prefix_code_points(inside, 60)) + "}'";
  const std::size_t colon = std::min(inside.find(':'), inside.size());
  std::string_view path = inside.substr(0, colon);
  if (colon < inside.size()) {
    piece.format = inside.substr(colon + 1);
    if (!parse_format(piece.format)) fail(shown + " has a format that is not supported; use d, ',', .Nf, % or a width");
  }
  const std::size_t name_end = std::min(path.find_first_of(".["), path.size());
  piece.text = path.substr(0, name_end);
  if (piece.text.empty() || !std::all_of(piece.text.begin(), piece.text.end(), is_name_character)) {
    fail(shown + " is not a variable; write '{{' and '}}' for the characters themselves");
  }
  path.remove_prefix(name_end);
  while (!path.empty()) {
    if (piece.path.size() == kTemplateNestingMax) fail(shown + " reaches too deep");
    const bool is_index = path.front() == '[';
    const std::size_t end = is_index ? path.find(']') : std::min(path.find_first_of(".[", 1), path.size());
    const std::string_view part = end == std::string_view::npos ? std::string_view() : path.substr(1, end - 1);
    const auto index = is_index ? parse_integer(part) : std::nullopt;
    const bool is_key = !part.empty() && std::all_of(part.begin(), part.end(), is_name_character);
    if (is_index ? !(index && *index >= 0) : !is_key || part.starts_with('_')) fail(shown + " is not a variable of a template");
    piece.path.push_back(is_index ? Step{{}, static_cast<std::size_t>(*index)} : Step{std::string(part), 0});
    path.remove_prefix(is_index ? end + 1 : end);
  }
  return piece;
}

std::vector<std::string> Template::variables() const {
  std::vector<std::string> names;
  for (const Piece& piece : pieces_) {
    if (piece.is_variable && std::find(names.begin(), names.end(), piece.text) == names.end()) names.push_back(piece.text);
  }
  return names;
}

std::string Template::render(const Lookup& lookup) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    if (!piece.is_variable) {
      out += piece.text;
      continue;
    }
    const std::optional<json::Value> value = lookup(piece.text);
    if (!value) fail("The template's variable '" + piece.text + "' has no value");
    const json::Value* found = &*value;
    for (const Step& step : piece.path) {
      const json::Value* next = nullptr;
      if (!step.key.empty() && found->is_object()) next = found->get_object().if_contains(step.key);
      if (step.key.empty() && found->is_array()) next = found->get_array().if_contains(step.index);
      if (next == nullptr) fail("The template's variable '" + piece.source + "' has no such part");
      found = next;
    }
    if (piece.format.empty()) {
      out += template_text(*found);
      continue;
    }
    const auto text = formatted(*found, *parse_format(piece.format));
    if (!text) fail("The value of '{" + piece.source + "}' cannot be printed that way");
    out += *text;
  }
  return out;
}

}  // namespace guildhall::runtime
