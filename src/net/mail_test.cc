// Mail: rendered, put into a folder, handed to a relay.
#include "net/mail.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/errors.h"
#include "base/hash.h"
#include "loopback.h"
#include "mime.h"

using namespace guildhall;
using namespace guildhall::net;

namespace {

Mail sample_mail() {
  Mail mail;
  mail.from = "no-reply@guildhall.example";
  mail.from_name = "Gildehaus „Köln“";
  mail.to = {"anna@example.com", "ben@example.com"};
  mail.subject = "Grüße – eine sehr lange Betreffzeile, die über mehr als eine Zeile geht, damit sie gefaltet wird 日本語";
  mail.text = "Plain text\nwith a link: https://example.com/verify?token=abc=def";
  return mail;
}

std::string unfolded_field(const std::string& message, const std::string& field) {
  const auto start = message.find("\r\n" + field + ": ");
  if (start == message.npos) return {};
  std::string value;
  auto at = start + field.size() + 4;
  while (true) {
    const auto end = message.find("\r\n", at);
    value += message.substr(at, end - at);
    if (message[end + 2] != ' ') return value;
    at = end + 2;
  }
}

/// RFC 2047 §6: white space between encoded words does not count.
std::string decoded_words(const std::string& value) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const auto word = value.find("=?UTF-8?B?", at);
    const auto between = value.substr(at, word == value.npos ? word : word - at);
    if (at == 0 || word == value.npos || between.find_first_not_of(' ') != between.npos) out += between;
    if (word == value.npos) return out;
    const auto end = value.find("?=", word + 10);
    CHECK(end - word + 2 <= 75);
    out += from_base64(value.substr(word + 10, end - word - 10)).value();
    at = end + 2;
  }
}

std::string decoded_quoted_printable(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out.push_back(text[i]);
    } else if (text[i + 1] == '\r') {
      i += 2;
    } else {
      out += from_hex(ascii_lower(text.substr(i + 1, 2))).value();
      i += 2;
    }
  }
  return out;
}

void check_lines(const std::string& message) {
  std::size_t start = 0;
  while (start < message.size()) {
    const auto end = message.find("\r\n", start);
    REQUIRE(end != message.npos);
    CHECK(end - start <= 998);
    CHECK(message.substr(start, end - start).find_first_of("\r\n") == std::string::npos);
    start = end + 2;
  }
}

}  // namespace

TEST_CASE("a mail's header reads back as it was given") {
  const auto message = rendered_mail(sample_mail(), Timestamp{784'111'777'000'000}, "id@guildhall.example");
  check_lines(message);
  CHECK(message.rfind("Date: Sun, 06 Nov 1994 08:49:37 +0000\r\n", 0) == 0);
  CHECK(decoded_words(unfolded_field(message, "Subject")) == sample_mail().subject);
  CHECK(decoded_words(unfolded_field(message, "From")) == "Gildehaus „Köln“ <no-reply@guildhall.example>");
  CHECK(unfolded_field(message, "To") == "anna@example.com, ben@example.com");
  CHECK(unfolded_field(message, "Message-ID") == "<id@guildhall.example>");
  CHECK(unfolded_field(message, "Content-Transfer-Encoding") == "7bit");
  CHECK(message.ends_with("\r\n\r\nPlain text\r\nwith a link: https://example.com/verify?token=abc=def\r\n"));
}

TEST_CASE("text and HTML become alternatives whose content reads back") {
  auto mail = sample_mail();
  mail.text = "Zeile eins äöü = \nlang " + std::string(200, 'x') + " Ende \n日本";
  mail.html = "<p>ä</p>";
  const auto message = rendered_mail(mail, Timestamp{}, "id@x.example");
  check_lines(message);
  const auto type = unfolded_field(message, "Content-Type");
  const auto quote = type.find('"');
  const auto boundary = "--" + type.substr(quote + 1, type.rfind('"') - quote - 1);
  const auto first = message.find(boundary + "\r\n");
  const auto second = message.find(boundary + "\r\n", first + 1);
  CHECK(message.ends_with(boundary + "--\r\n"));
  const auto content = [&](std::size_t start) {
    const auto body = message.find("\r\n\r\n", start) + 4;
    return message.substr(body, message.find("\r\n" + boundary, body) - body);
  };
  CHECK(decoded_quoted_printable(content(first)) == "Zeile eins äöü = \r\nlang " + std::string(200, 'x') + " Ende \r\n日本\r\n");
  CHECK(decoded_quoted_printable(content(second)) == "<p>ä</p>\r\n");
  for (const auto line : split(content(first), '\n')) CHECK(line.size() <= 77);
}

TEST_CASE("nothing can smuggle a header line into a mail") {
  const auto refused = [](auto change) {
    auto mail = sample_mail();
    change(mail);
    CHECK_THROWS_AS(rendered_mail(mail, Timestamp{}, "id@x.example"), Refusal);
  };
  refused([](Mail& m) { m.subject = "a\r\nBcc: evil@example.com"; });
  refused([](Mail& m) { m.subject = std::string("a\0b", 3); });
  refused([](Mail& m) { m.from_name = "a\nb"; });
  refused([](Mail& m) { m.message_id = "a>\r\nX: y"; });
  refused([](Mail& m) { m.to.clear(); });
  refused([](Mail& m) { m.headers.add("Bcc", "evil@example.com"); });
  for (const auto* address :
       {"", "anna", "@b", "a@", "a@b@c", "a b@c.de", "a@b>\r\nRCPT TO:<x@y", "<a@b>", "a@b,c@d", "ä@b.de", "a@b\n"}) {
    CAPTURE(address);
    refused([&](Mail& m) { m.to = {address}; });
    refused([&](Mail& m) { m.from = address; });
  }
}

TEST_CASE("the folder mailer writes one whole file per mail") {
  char pattern[] = "/tmp/guildhall-mail-XXXXXX";
  const std::filesystem::path folder = std::filesystem::path(mkdtemp(pattern)) / "new";
  const auto mailer = open_mailer("folder:" + folder.string(), {});
  auto mail = sample_mail();
  mailer->send(mail);
  mailer->send(mail);
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CHECK(entry.path().extension() == ".eml");
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    CHECK(text.str().find("https://example.com/verify?token=abc=def") != std::string::npos);
    CHECK(unfolded_field(text.str(), "Message-ID").ends_with("@guildhall.example>"));
    ++count;
  }
  CHECK(count == 2);
  std::filesystem::remove_all(folder.parent_path());
}

TEST_CASE("a relay that is let through gets the envelope and the mail, dots doubled") {
  std::string seen;
  loopback::ScriptedServer relay([&](int fd) {
    loopback::write_all(fd, "220 relay\r\n");
    std::string line;
    char c = 0;
    bool in_data = false;
    while (::recv(fd, &c, 1, 0) == 1) {
      line.push_back(c);
      if (c != '\n') continue;
      seen += line;
      if (in_data && line == ".\r\n")
        in_data = false;
      else if (in_data) {
        line.clear();
        continue;
      } else if (line == "DATA\r\n") {
        in_data = true;
        loopback::write_all(fd, "354 go\r\n");
        line.clear();
        continue;
      }
      const bool is_quit = line.rfind("QUIT", 0) == 0;
      loopback::write_all(fd, is_quit ? "221 bye\r\n" : "250 ok\r\n");
      line.clear();
      if (is_quit) return;
    }
  });
  const std::string at = "127.0.0.1:" + std::to_string(relay.port);
  auto mail = sample_mail();
  mail.text = "first\n.\n.dots";
  open_mailer("smtp://" + at, parse_allowed(at))->send(mail);
  CHECK(seen.find("MAIL FROM:<no-reply@guildhall.example>") != std::string::npos);
  CHECK(seen.find("RCPT TO:<anna@example.com>\r\nRCPT TO:<ben@example.com>") != std::string::npos);
  CHECK(seen.find("first\r\n..\r\n...dots\r\n.\r\n") == std::string::npos);
  CHECK(seen.find("first\r\n..\r\n..dots\r\n.\r\n") != std::string::npos);
}

TEST_CASE("a private relay nobody let through is refused without a connection") {
  loopback::ScriptedServer relay([](int) {});
  const std::string at = "127.0.0.1:" + std::to_string(relay.port);
  for (const auto& url : {"smtp://" + at, std::string("smtp://127.0.0.1:25"), std::string("smtp://localhost:587")}) {
    CAPTURE(url);
    try {
      open_mailer(url, {})->send(sample_mail());
      FAIL("sent");
    } catch (const OutboundError& error) {
      CHECK(error.failure == OutboundFailure::destination_refused);
    }
  }
  CHECK(relay.accepted == 0);
  for (const auto* bad :
       {"", "smtp://", "http://x", "smtp://a:b:c", "folder:", "smtp://%zz@host", "smtp://host:0", "smtp://[::1]:25"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(open_mailer(bad, {}), Refusal);
  }
}
