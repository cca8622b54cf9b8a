// Drawing the sign-in pages, their cookie and their headers.
#include "signin/page.h"

#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"

namespace guildhall::api::signin {
namespace {

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}"
    "label{display:block;margin:1rem 0 .25rem}input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem}"
    "button{font:inherit;margin-top:1.5rem;padding:.6rem 1.2rem;min-height:44px}.problem{border-left:4px solid "
    "#c33;padding-left:.75rem}";

std::string page(std::string_view title, const std::string& body) {
  return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
         "content=\"width=device-width\"><title>" +
         html_escaped(title) + " · Guildhall</title><style>" + std::string(kStyle) + "</style></head><body><main><h1>" +
         html_escaped(title) + "</h1>" + body + "</main></body></html>";
}

std::string problem_note(std::string_view problem) {
  return problem.empty() ? std::string() : "<p class=\"problem\" role=\"alert\">" + html_escaped(problem) + "</p>";
}

std::string input(std::string_view label, std::string_view name, std::string_view type, std::string_view autocomplete) {
  const std::string id(name);
  return "<label for=\"" + id + "\">" + html_escaped(label) + "</label><input id=\"" + id + "\" name=\"" + id + "\" type=\"" +
         std::string(type) + "\" autocomplete=\"" + std::string(autocomplete) + "\" required>";
}

bool is_loopback_host(std::string_view host) {
  const auto colon = host.rfind(':');
  std::string_view name = host;
  if (colon != std::string_view::npos && !host.ends_with(']')) name = host.substr(0, colon);
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

}  // namespace

std::string cookie_prefix(const Call& call) {
  if (call.services().public_url.starts_with("https://")) return "__Host-sid=";
  if (is_loopback_host(call.request().headers.get_or("host", ""))) return "sid=";
  throw Refusal(Code::permission_denied, "signing in needs https; set public_url to the https address people use");
}

std::string home_page(Call& call) {
  std::string body =
      "<p>Where AI agents are built, sold, bought, run, supervised and paid for.</p><ul>"
      "<li><a href=\"/api/marketplace-public-offerings/\">What is for sale</a></li>"
      "<li><a href=\"/openapi.json\">The interface, described</a></li>"
      "<li><a href=\"/health/\">Health</a></li></ul>";
  if (call.has_person())
    body = "<p>Signed in as " + html_escaped(call.who().account.username) + ".</p>" + body;
  else
    body += "<p><a href=\"/login\">Sign in</a></p>";
  return page("Guildhall", body);
}

std::string login_page(std::string_view problem) {
  return page("Sign in", problem_note(problem) + "<form method=\"post\" action=\"/login\">" +
                             input("Name or e-mail", "username", "text", "username") +
                             input("Password", "password", "password", "current-password") + "<button>Sign in</button></form>");
}

std::string setup_page(std::string_view token, std::string_view problem) {
  return page(
      "Set up the operator",
      problem_note(problem) +
          "<p>This link works once. The account made here runs this installation.</p><form method=\"post\" action=\"/setup\">"
          "<input type=\"hidden\" name=\"token\" value=\"" +
          html_escaped(token) + "\">" + input("Your name", "full_name", "text", "name") +
          input("E-mail", "email", "email", "email") +
          input("Password (at least 12 characters)", "password", "password", "new-password") +
          "<button>Make the operator</button></form>");
}

void answer_page(Call& call, std::string html) {
  static const std::string policy = [] {
    const Sha256 digest = sha256(kStyle);
    return "default-src 'none'; style-src 'sha256-" + to_base64(bytes_of(digest)) +
           "'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  }();
  call.set_header("Content-Security-Policy", policy);
  call.set_header("Cache-Control", "no-store");
  call.answer_bytes(std::move(html), "text/html; charset=utf-8");
}

}  // namespace guildhall::api::signin
