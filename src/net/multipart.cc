// multipart/form-data (RFC 7578). Fed by anyone.
#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "net/http.h"
#include "net/limits.h"

namespace guildhall::net {
namespace {

[[noreturn]] void refuse_form(std::string_view why) {
  throw Refusal(Code::invalid_request, "the multipart form is malformed: " + std::string(why));
}

using HeaderParameters = std::map<std::string, std::string, std::less<>>;

/// `form-data; name="a"; filename=b`: the parameters after the first word. Quoted values may contain `\"`.
HeaderParameters header_parameters(std::string_view text) {
  HeaderParameters parameters;
  auto at = text.find(';');
  while (at != text.npos && at < text.size()) {
    text = trimmed(text.substr(at + 1));
    if (text.empty()) break;
    const auto equals = text.find('=');
    if (equals == text.npos) refuse_form("a header parameter has no value");
    auto key = ascii_lower(trimmed(text.substr(0, equals)));
    text = trimmed(text.substr(equals + 1));
    std::string value;
    std::size_t i = 0;
    if (!text.empty() && text.front() == '"') {
      for (i = 1; i < text.size() && text[i] != '"'; ++i) {
        // Browsers escape only the quote; a lone backslash is part of a Windows path.
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"') ++i;
        value.push_back(text[i]);
      }
      if (i == text.size()) refuse_form("a quoted value does not end");
      ++i;
    } else {
      i = std::min(text.find(';'), text.size());
      value = trimmed(text.substr(0, i));
    }
    if (!parameters.emplace(std::move(key), std::move(value)).second) refuse_form("a header parameter stands twice");
    at = text.find(';', i);
    if (!trimmed(text.substr(i, at == text.npos ? at : at - i)).empty()) refuse_form("text follows a quoted value");
  }
  return parameters;
}

std::string without_folders(const std::string& filename) {
  const auto slash = filename.find_last_of("/\\");
  std::string name = slash == filename.npos ? filename : filename.substr(slash + 1);
  return name == "." || name == ".." ? std::string() : name;
}

FormPart part_of(std::string_view header, std::string_view content) {
  FormPart part;
  bool has_disposition = false;
  while (!header.empty()) {
    const auto end = std::min(header.find("\r\n"), header.size());
    const auto line = header.substr(0, end);
    header.remove_prefix(std::min(end + 2, header.size()));
    const auto colon = line.find(':');
    if (colon == line.npos) refuse_form("a part has a header line without a colon");
    const auto field = trimmed(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    if (equals_ignoring_case(field, "Content-Disposition")) {
      if (has_disposition) refuse_form("a part has two Content-Disposition fields");
      if (!equals_ignoring_case(trimmed(value.substr(0, value.find(';'))), "form-data")) {
        refuse_form("a part's Content-Disposition is not form-data");
      }
      const auto parameters = header_parameters(value);
      const auto name = parameters.find("name");
      if (name == parameters.end()) refuse_form("a part has no name");
      part.name = name->second;
      if (const auto file = parameters.find("filename"); file != parameters.end()) part.filename = without_folders(file->second);
      has_disposition = true;
    } else if (equals_ignoring_case(field, "Content-Type")) {
      part.content_type = value;
    } else if (equals_ignoring_case(field, "Content-Transfer-Encoding") && !equals_ignoring_case(value, "binary") &&
               !equals_ignoring_case(value, "8bit") && !equals_ignoring_case(value, "7bit")) {
      refuse_form("a part is transfer-encoded");
    }
  }
  if (!has_disposition) refuse_form("a part has no Content-Disposition");
  if (!is_valid_utf8(part.name) || !is_valid_utf8(part.filename)) refuse_form("a part's name is not valid UTF-8");
  if ((part.name + part.filename).find('\0') != std::string::npos) refuse_form("a part's name contains NUL");
  part.content = content;
  return part;
}

std::string boundary_of(std::string_view content_type) {
  const auto media_type = trimmed(content_type.substr(0, content_type.find(';')));
  if (!equals_ignoring_case(media_type, "multipart/form-data")) refuse_form("its content type is not multipart/form-data");
  const auto parameters = header_parameters(content_type);
  const auto boundary = parameters.find("boundary");
  if (boundary == parameters.end() || boundary->second.empty() || boundary->second.size() > 70) {
    refuse_form("its content type has no boundary of 1 to 70 characters");
  }
  return boundary->second;
}

}  // namespace

std::vector<FormPart> parse_multipart(std::string_view content_type, std::string_view body) {
  const std::string delimiter = "\r\n--" + boundary_of(content_type);
  std::vector<FormPart> parts;
  // The first delimiter may stand at the very start, without the line break that is part of the others.
  std::size_t at = 0;
  if (body.substr(0, delimiter.size() - 2) == std::string_view(delimiter).substr(2)) {
    at = delimiter.size() - 2;
  } else {
    at = body.find(delimiter);
    if (at == body.npos) refuse_form("its boundary does not occur");
    at += delimiter.size();
  }
  while (true) {
    auto rest = body.substr(at);
    if (rest.substr(0, 2) == "--") return parts;
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
    if (rest.substr(0, 2) != "\r\n") refuse_form("a boundary is not followed by a line break");
    rest.remove_prefix(2);
    if (parts.size() == kFormPartsMax) refuse_form("it has more than " + std::to_string(kFormPartsMax) + " parts");
    // A part without header fields begins with the empty line.
    const bool has_no_fields = rest.substr(0, 2) == "\r\n";
    const auto header_end = has_no_fields ? 0 : rest.substr(0, kFormPartHeaderBytesMax).find("\r\n\r\n");
    if (header_end == rest.npos) refuse_form("a part's header does not end");
    const auto content = rest.substr(header_end + (has_no_fields ? 2 : 4));
    // Empty content shares its line break with the header's end.
    const auto overlap = rest.substr(header_end + (has_no_fields ? 0 : 2));
    const auto end = overlap.find(delimiter);
    if (end == overlap.npos) refuse_form("a part does not end");
    parts.push_back(part_of(rest.substr(0, header_end), end < 2 ? std::string_view() : content.substr(0, end - 2)));
    at = static_cast<std::size_t>(overlap.data() - body.data()) + end + delimiter.size();
  }
}

}  // namespace guildhall::net
