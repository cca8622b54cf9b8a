// Rendering mail: header folding, encoded words (RFC 2047), quoted-printable (RFC 2045).
#include "mime.h"

#include <algorithm>

#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"

namespace guildhall::net {
namespace {

constexpr std::size_t kMailLineMax = 76;

void refuse_breaks(std::string_view what, std::string_view text) {
  if (text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos) {
    throw Refusal(Code::invalid_request, "the mail's " + std::string(what) + " contains a line break or NUL");
  }
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// Text of an unstructured field or a display name: as it is when plain, else in encoded words of at most 75 characters.
std::string encoded_words(std::string_view text) {
  if (is_printable_ascii(text) && text.size() <= 60 && text.find("=?") == text.npos) return std::string(text);
  std::string out;
  while (!text.empty()) {
    // 42 bytes are 56 characters of base64; with =?UTF-8?B? and ?= that is 68.
    auto piece = prefix_bytes(text, 42);
    if (piece.empty()) piece = text.substr(0, 42);
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + to_base64(piece) + "?=";
    text.remove_prefix(piece.size());
  }
  return out;
}

std::string quoted_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

std::string mailbox(std::string_view display_name, std::string_view address) {
  if (display_name.empty()) return std::string(address);
  const auto encoded = encoded_words(display_name);
  return (encoded == display_name ? quoted_string(display_name) : encoded) + " <" + std::string(address) + ">";
}

/// Line ends as CRLF, whatever they were.
std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n' || text[i] == '\r') {
      out += "\r\n";
    } else {
      out.push_back(text[i]);
    }
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

bool is_plain_body(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) {
    if (c == '\n') {
      length = 0;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x7f || (byte < 0x20 && c != '\r' && c != '\t') || ++length > 900) return false;
  }
  return true;
}

std::string quoted_printable(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\r\n") {
      out += "\r\n";
      column = 0;
      ++i;
      continue;
    }
    const auto byte = static_cast<unsigned char>(text[i]);
    // White space at a line's end would be lost on the way.
    const bool ends_line = text.substr(i + 1, 2) == "\r\n" || i + 1 == text.size();
    const bool is_space = byte == ' ' || byte == '\t';
    const bool is_plain = (byte > 0x20 && byte < 0x7f && byte != '=') || (is_space && !ends_line);
    const std::size_t width = is_plain ? 1 : 3;
    if (column + width > kMailLineMax - 1) {
      out += "=\r\n";
      column = 0;
    }
    if (is_plain) {
      out.push_back(text[i]);
    } else {
      out.push_back('=');
      out.push_back(kDigits[byte >> 4]);
      out.push_back(kDigits[byte & 15]);
    }
    column += width;
  }
  return out;
}

std::string text_part(std::string_view media_type, std::string_view content) {
  const auto text = with_crlf(content);
  const bool is_plain = is_plain_body(text);
  return "Content-Type: " + std::string(media_type) +
         "; charset=utf-8\r\nContent-Transfer-Encoding: " + (is_plain ? "7bit" : "quoted-printable") + "\r\n\r\n" +
         (is_plain ? text : quoted_printable(text));
}

bool is_own_field(std::string_view field) {
  for (const std::string_view own : {"From", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
                                     "Content-Transfer-Encoding", "Sender"}) {
    if (equals_ignoring_case(field, own)) return true;
  }
  return false;
}

std::string mail_header(const Mail& mail, Timestamp now, std::string_view message_id) {
  std::string date = http_date(now);
  date.replace(date.rfind("GMT"), 3, "+0000");
  std::string header = "Date: " + date + "\r\n";
  header += "From: " + mailbox(mail.from_name, mail.from) + "\r\n";
  header += "To: ";
  for (std::size_t i = 0; i < mail.to.size(); ++i) header += (i > 0 ? ",\r\n " : "") + mail.to[i];
  header += "\r\nSubject: " + encoded_words(mail.subject) + "\r\n";
  header += "Message-ID: <" + (mail.message_id.empty() ? std::string(message_id) : mail.message_id) + ">\r\n";
  for (const auto& [field, value] : mail.headers.all()) {
    if (is_own_field(field)) throw Refusal(Code::invalid_request, "the mail sets the field " + field + " twice");
    refuse_breaks("field " + field, value);
    // Identifiers and lists of addresses are not text and must not be encoded; all others are.
    header += field + ": " + (is_printable_ascii(value) && value.size() < 900 ? value : encoded_words(value)) + "\r\n";
  }
  return header + "MIME-Version: 1.0\r\n";
}

}  // namespace

void check_mail_address(std::string_view address) {
  const auto at = address.rfind('@');
  const bool has_parts = at != address.npos && at > 0 && at + 1 < address.size() && address.size() <= 254;
  const bool is_clean =
      is_printable_ascii(address) && address.find_first_of(" <>()[]\\,;:\"") == address.npos && address.find('@') == at;
  if (!has_parts || !is_clean) {
    throw Refusal(Code::invalid_request, "a mail address is not of the form name@domain in plain ASCII");
  }
}

std::string rendered_mail(const Mail& mail, Timestamp now, std::string_view message_id) {
  check_mail_address(mail.from);
  if (mail.to.empty()) throw Refusal(Code::invalid_request, "the mail has no recipient");
  for (const auto& address : mail.to) check_mail_address(address);
  refuse_breaks("subject", mail.subject);
  refuse_breaks("sender name", mail.from_name);
  refuse_breaks("message id", mail.message_id);
  if (mail.message_id.find_first_of("<> ") != std::string::npos || !is_printable_ascii(mail.message_id)) {
    throw Refusal(Code::invalid_request, "the mail's message id contains brackets, spaces or other than ASCII");
  }
  if (!is_valid_utf8(mail.text) || !is_valid_utf8(mail.html) || !is_valid_utf8(mail.subject) || !is_valid_utf8(mail.from_name)) {
    throw Refusal(Code::invalid_request, "the mail is not valid UTF-8");
  }
  auto out = mail_header(mail, now, message_id);
  if (mail.html.empty()) return out + text_part("text/plain", mail.text);
  // "=_" occurs neither in quoted-printable nor, with 128 random bits behind it, in plain text.
  const std::string boundary = "=_" + to_hex(random_bytes(16));
  out += "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n";
  out += "--" + boundary + "\r\n" + text_part("text/plain", mail.text) + "\r\n";
  out += "--" + boundary + "\r\n" + text_part("text/html", mail.html) + "\r\n";
  return out + "--" + boundary + "--\r\n";
}

}  // namespace guildhall::net
