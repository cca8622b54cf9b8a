// Mailers: SMTP through libcurl, and a folder of .eml files.
#include "net/mail.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "base/errors.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "gate.h"
#include "mime.h"
#include "net/limits.h"
#include "percent.h"
#include "transfer_setup.h"

namespace guildhall::net {
namespace {

std::string new_message_id(const Mail& mail) {
  return dashed(random_uuid()) + mail.from.substr(std::min(mail.from.rfind('@'), mail.from.size()));
}

std::string rendered_now(const Mail& mail) {
  return rendered_mail(mail, SystemClock().now(), new_message_id(mail));
}

/// One .eml file per mail, complete from the moment it is there.
class FolderMailer final : public Mailer {
 public:
  explicit FolderMailer(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    if (failed) throw Refusal(Code::validation_failed, "the mail folder " + folder_.string() + " cannot be made");
  }

  void send(const Mail& mail) override {
    const auto text = rendered_now(mail);
    // The time in front keeps a folder listing in the order of sending.
    auto stem = std::to_string(SystemClock().now().us) + "-" + hex(random_uuid());
    const auto temporary = folder_ / ("." + stem + ".part");
    if (!write_file(temporary, text)) fail(temporary);
    std::error_code failed;
    std::filesystem::rename(temporary, folder_ / (stem + ".eml"), failed);
    if (failed) fail(temporary);
  }

 private:
  static bool write_file(const std::filesystem::path& path, std::string_view text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return false;
    bool is_good = true;
    while (is_good && !text.empty()) {
      const auto written = ::write(file, text.data(), text.size());
      is_good = written > 0;
      if (is_good) text.remove_prefix(static_cast<std::size_t>(written));
    }
    is_good = ::fsync(file) == 0 && is_good;
    return ::close(file) == 0 && is_good;
  }

  [[noreturn]] static void fail(const std::filesystem::path& temporary) {
    log::error("mail_not_written", {{"path", temporary.native()}, {"error", std::string_view(std::strerror(errno))}});
    ::unlink(temporary.c_str());
    throw OutboundError(OutboundFailure::unreachable, "the mail cannot be written to its folder");
  }

  const std::filesystem::path folder_;
};

struct SmtpServer {
  bool is_tls = false;  ///< from the first byte; else STARTTLS is used when offered
  std::string host;
  std::uint16_t port = 0;
  std::string user;
  Secret password;
};

SmtpServer parse_smtp(std::string_view text) {
  const auto invalid = [] {
    return Refusal(Code::validation_failed,
                   "the mail destination is not smtp://user:password@host:port, smtps://… or folder:PATH");
  };
  SmtpServer server;
  const auto scheme_end = text.find("://");
  const auto scheme = ascii_lower(text.substr(0, std::min(scheme_end, text.size())));
  if (scheme_end == text.npos || (scheme != "smtp" && scheme != "smtps")) throw invalid();
  server.is_tls = scheme == "smtps";
  auto rest = text.substr(scheme_end + 3);
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  if (const auto at = rest.rfind('@'); at != rest.npos) {
    const auto credentials = rest.substr(0, at);
    const auto colon = credentials.find(':');
    auto user = percent_decoded(credentials.substr(0, colon), false);
    auto password = percent_decoded(colon == credentials.npos ? "" : credentials.substr(colon + 1), false);
    if (!user || !password) throw invalid();
    server.user = *user;
    server.password = Secret(std::move(*password));
    rest.remove_prefix(at + 1);
  }
  const auto colon = rest.find(':');
  const auto port =
      colon == rest.npos ? std::optional<std::int64_t>(server.is_tls ? 465 : 25) : parse_integer(rest.substr(colon + 1));
  server.host = ascii_lower(rest.substr(0, colon));
  const bool is_host =
      !server.host.empty() && server.host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == std::string::npos;
  if (!is_host || !port || *port < 1 || *port > 65535) throw invalid();
  server.port = static_cast<std::uint16_t>(*port);
  return server;
}

/// Hands mails to a relay, one connection each; called from job threads, so it may block.
class SmtpMailer final : public Mailer {
 public:
  SmtpMailer(SmtpServer server, const std::vector<AllowedDestination>& allowed)
      : server_(std::move(server)), gate_(ClientOptions{allowed, 1, {}}) {}

  void send(const Mail& mail) override;

 private:
  struct Upload {
    std::string_view left;
    const Gate* gate = nullptr;
    bool is_allowed = false;
    bool is_refused = false;
  };
  static std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* user);
  static curl_socket_t on_open_socket(void* user, curlsocktype, curl_sockaddr* address);
  CURLcode perform(const Mail& mail, Upload& upload, const std::vector<Address>& addresses) const;

  const SmtpServer server_;
  Gate gate_;
};

std::size_t SmtpMailer::on_read(char* buffer, std::size_t size, std::size_t count, void* user) {
  auto& upload = *static_cast<Upload*>(user);
  const auto piece = std::min(size * count, upload.left.size());
  std::memcpy(buffer, upload.left.data(), piece);
  upload.left.remove_prefix(piece);
  return piece;
}

curl_socket_t SmtpMailer::on_open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& upload = *static_cast<Upload*>(user);
  const auto socket = open_checked_socket(*upload.gate, upload.is_allowed, *address);
  upload.is_refused = upload.is_refused || socket == CURL_SOCKET_BAD;
  return socket;
}

CURLcode SmtpMailer::perform(const Mail& mail, Upload& upload, const std::vector<Address>& addresses) const {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(), &curl_easy_cleanup);
  if (!easy) return CURLE_FAILED_INIT;
  const auto set = [&easy](CURLoption option, auto value) { curl_easy_setopt(easy.get(), option, value); };
  using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
  const List pins(curl_slist_append(nullptr, resolve_pin(server_.host, server_.port, addresses).c_str()), &curl_slist_free_all);
  curl_slist* recipients = nullptr;
  for (const auto& address : mail.to) recipients = curl_slist_append(recipients, ("<" + address + ">").c_str());
  const List recipient_list(recipients, &curl_slist_free_all);
  const std::string url =
      std::string(server_.is_tls ? "smtps://" : "smtp://") + server_.host + ":" + std::to_string(server_.port);
  const std::string from = "<" + mail.from + ">";
  const std::string password(server_.password.reveal());
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_RESOLVE, pins.get());
  set(CURLOPT_OPENSOCKETFUNCTION, &SmtpMailer::on_open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&upload));
  // A password crosses a public network only inside TLS; a relay the operator lets through may have none.
  const bool needs_tls = !server_.user.empty() && !upload.is_allowed;
  set(CURLOPT_USE_SSL, static_cast<long>(needs_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (!server_.user.empty()) {
    set(CURLOPT_USERNAME, server_.user.c_str());
    set(CURLOPT_PASSWORD, password.c_str());
  }
  set(CURLOPT_MAIL_FROM, from.c_str());
  set(CURLOPT_MAIL_RCPT, recipient_list.get());
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, &SmtpMailer::on_read);
  set(CURLOPT_READDATA, static_cast<void*>(&upload));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(kMailTimeoutUs / 1000));
  return curl_easy_perform(easy.get());
}

void SmtpMailer::send(const Mail& mail) {
  const auto text = rendered_now(mail);
  const bool is_mail_port = server_.port == 25 || server_.port == 465 || server_.port == 587 || server_.port == 2525;
  const auto addresses = gate_.pass_host(server_.host, server_.port, is_mail_port);
  Upload upload{text, &gate_, gate_.is_allowed(server_.host, server_.port), false};
  const auto code = perform(mail, upload, addresses);
  if (code == CURLE_OK) return;
  log::warning("mail_not_sent", {{"host", server_.host}, {"curl", std::string_view(curl_easy_strerror(code))}});
  if (upload.is_refused) refuse_destination(server_.host, "the mail relay's address is not public");
  if (code == CURLE_OPERATION_TIMEDOUT) throw OutboundError(OutboundFailure::timeout, "the mail server did not answer in time");
  if (code == CURLE_COULDNT_CONNECT) throw OutboundError(OutboundFailure::unreachable, "the mail server cannot be reached");
  throw OutboundError(OutboundFailure::protocol, "the mail server did not take the mail");
}

}  // namespace

std::unique_ptr<Mailer> open_mailer(const std::string& destination, const std::vector<AllowedDestination>& allowed) {
  static constexpr std::string_view kFolder = "folder:";
  if (destination.substr(0, kFolder.size()) == kFolder) {
    if (destination.size() == kFolder.size())
      throw Refusal(Code::validation_failed, "the mail destination folder: names no path");
    return std::make_unique<FolderMailer>(destination.substr(kFolder.size()));
  }
  return std::make_unique<SmtpMailer>(parse_smtp(destination), allowed);
}

}  // namespace guildhall::net
