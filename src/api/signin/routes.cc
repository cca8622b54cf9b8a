// Becoming somebody here: registration, sign-in, the one-time set-up of the operator. Pages work without JavaScript.
#include "base/text.h"
#include "edge/console_files.h"
#include "edge/tables.h"
#include "identity/organizations.h"
#include "signin/page.h"

namespace guildhall::api {
namespace signin {
namespace {

struct RegisterIn {
  std::string email;
  std::string password;
  std::optional<std::string> username;
  std::optional<std::string> full_name;
};
BOOST_DESCRIBE_STRUCT(RegisterIn, (), (email, password, username, full_name))
struct RegisterOut {
  AccountId id;
  std::string username;
  std::string email;
};
BOOST_DESCRIBE_STRUCT(RegisterOut, (), (id, username, email))

/// An account with its first organization and project, in one transaction (contracts/identity-and-security.md §4).
identity::Account make_account(Call& call, const identity::NewAccount& account, const Secret& password,
                               std::string_view setup_token) {
  identity::check_password_policy(password, account);
  const std::string hash = call.services().hasher.hash(password);
  return call.write([&](store::Tx& tx) {
    if (account.is_staff) identity::consume_setup_token(tx, setup_token);
    const auto made = identity::create_account(tx, account, hash);
    identity::ensure_organization(tx, made, call.request().request_id);
    return made;
  });
}

RegisterOut register_account(Call& call, const RegisterIn& in) {
  if (!call.services().gateway.allow("register:" + call.request().remote_address, 30))
    throw Refusal(Code::rate_limited, "too many registrations from this address").retry_after(60);
  const auto account = make_account(
      call,
      {.username = in.username.value_or(in.email), .email = in.email, .full_name = in.full_name.value_or(""), .is_staff = false},
      Secret(in.password), "");
  return {account.id, account.username, account.email};
}

struct SessionIn {
  std::string username;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(SessionIn, (), (username, password))
struct SessionOut {
  AccountId account;
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(SessionOut, (), (account, expires_at))

struct PersonOut {
  AccountId id;
  std::string username;
  std::string email;
  std::string full_name;
  bool is_staff = false;
};
BOOST_DESCRIBE_STRUCT(PersonOut, (), (id, username, email, full_name, is_staff))
struct CurrentOut {
  std::optional<PersonOut> person;
};
BOOST_DESCRIBE_STRUCT(CurrentOut, (), (person))

/// Whom the browser is signed in as; asking is no mistake for a visitor, so it is no 401.
CurrentOut current_person(Call& call) {
  call.set_header("Cache-Control", "no-store");
  if (!call.has_person()) return {};
  const identity::Account& account = call.who().account;
  return {PersonOut{account.id, account.username, account.email, account.full_name, account.is_staff}};
}

identity::SignedIn sign_in(Call& call, const std::string& username, const std::string& password) {
  const std::string prefix = cookie_prefix(call);
  const auto signed_in = identity::sign_in_with_session(call.services().database, call.services().hasher,
                                                        {.username = username,
                                                         .password = Secret(password),
                                                         .address = call.request().remote_address,
                                                         .request_id = call.request().request_id});
  call.set_header("Set-Cookie", prefix + signed_in.token + "; Path=/; HttpOnly; SameSite=Lax" +
                                    (prefix.starts_with("__Host-") ? "; Secure" : ""));
  call.set_header("Cache-Control", "no-store");
  return signed_in;
}

SessionOut open_session(Call& call, const SessionIn& in) {
  const auto signed_in = sign_in(call, in.username, in.password);
  return {signed_in.account.id, signed_in.expires_at};
}

void close_session(Call& call) {
  call.write([&](store::Tx& tx) { identity::sign_out(tx, call.who(), call.presented().value); });
  call.set_header("Set-Cookie", cookie_prefix(call) + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
}

/// A browser goes on to the marketplace; without the web part, and for whoever wants no page, there is a plain one.
void show_home(Call& call) {
  const bool wants_page = call.request().headers.get_or("accept", "").find("text/html") != std::string_view::npos;
  if (wants_page && has_console(call)) {
    call.set_status(303);
    call.set_header("Location", "/marketplace");
    return call.answer_bytes("", "text/plain; charset=utf-8");
  }
  answer_page(call, home_page(call));
}
void show_login(Call& call) {
  answer_page(call, login_page(""));
}
void show_setup(Call& call) {
  answer_page(call, setup_page(call.query("token"), ""));
}

/// A form may be posted by this site's own page only.
net::Query own_form(Call& call) {
  const auto origin = call.request().headers.get("origin");
  const std::string host(call.request().headers.get_or("host", ""));
  if (!origin || (*origin != "http://" + host && *origin != "https://" + host))
    throw Refusal(Code::csrf_failed, "the form must be sent from this site's own page");
  return net::parse_form(call.request().body);
}

std::string field(const net::Query& form, std::string_view name) {
  return std::string(form.get(name).value_or(""));
}

void post_login(Call& call) {
  const auto form = own_form(call);
  try {
    sign_in(call, field(form, "username"), field(form, "password"));
  } catch (const Refusal& refusal) {
    if (refusal.code != Code::not_authenticated) throw;
    call.set_status(401);
    return answer_page(call, login_page("The name or the password is not right."));
  }
  call.set_status(303);
  call.set_header("Location", "/");
  call.answer_bytes("", "text/plain; charset=utf-8");
}

void post_setup(Call& call) {
  const auto form = own_form(call);
  const std::string email = field(form, "email");
  try {
    make_account(call, {.username = email, .email = email, .full_name = field(form, "full_name"), .is_staff = true},
                 Secret(field(form, "password")), field(form, "token"));
  } catch (const Refusal& refusal) {
    const bool is_wrong_link = refusal.code == Code::not_found;
    if (!is_wrong_link && refusal.code != Code::validation_failed) throw;
    call.set_status(is_wrong_link ? 404 : 422);
    const std::string why = is_wrong_link
                                ? "this link was used already or is not the newest; the server prints the newest when it starts"
                                : refusal.message;
    return answer_page(call, setup_page(field(form, "token"), why));
  }
  call.set_status(303);
  call.set_header("Location", "/login");
  call.answer_bytes("", "text/plain; charset=utf-8");
}

}  // namespace
}  // namespace signin

RouteTable signin_routes() {
  using namespace signin;
  Route created;
  created.status = 201;
  Route open;
  open.is_unsafe_without_csrf = true;
  return {get("/", "Where to go from here", kAnyone, show_home),
          get("/login", "The sign-in page", kAnyone, show_login),
          post("/login", "Sign in with a form", kAnyone, post_login, open),
          get("/setup", "The page of the one-time set-up link", kAnyone, show_setup),
          post("/setup", "Make the operator of an empty installation", kAnyone, post_setup, open),
          post("/api/v1/accounts", "Register an account", kAnyone, register_account, created),
          get("/api/v1/session", "Who is signed in; null for a visitor", kAnyone, current_person),
          post("/api/v1/session", "Sign in with a session cookie", kAnyone, open_session, open),
          remove("/api/v1/session", "End the session", kAccount, close_session)};
}

}  // namespace guildhall::api
