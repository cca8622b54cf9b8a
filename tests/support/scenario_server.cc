// Children of a scenario and their folder.
#include "scenario_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "support/databases.h"

namespace guildhall::test {
namespace {

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Everything after fork() is async-signal-safe: the arrays are made before it.
pid_t spawn(const std::vector<std::string>& command, const std::vector<std::string>& environment,
            const std::filesystem::path& output) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::vector<char*> variables;
  for (const auto& variable : environment) variables.push_back(const_cast<char*>(variable.c_str()));
  variables.push_back(nullptr);
  const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error("cannot write " + output.string());
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execve(arguments[0], arguments.data(), variables.data());
    ::_exit(127);
  }
  ::close(file);
  if (pid < 0) throw std::runtime_error("cannot start " + command.front());
  return pid;
}

int exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::filesystem::path fresh_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "guildhall-journey-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder like " + name);
  return name;
}

/// The rest of the line after `label` in a text.
std::string word_after(const std::string& text, const std::string& label) {
  const auto at = text.rfind(label);
  if (at == std::string::npos) return {};
  const auto begin = at + label.size();
  return text.substr(begin, text.find_first_of(" \n", begin) - begin);
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const std::vector<std::string>& environment,
             const std::filesystem::path& output, const std::string& ready)
    : pid_(spawn(command, environment, output)), output_(output) {
  for (int waited_ms = 0; waited_ms < 30'000; waited_ms += 5) {
    const std::string text = text_of_file(output_);
    const auto at = text.find(ready);
    if (at != std::string::npos && text.find('\n', at) != std::string::npos) return;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error(command.front() + " ended with " + std::to_string(exit_status(status)) + ":\n" + text);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  stop();
  throw std::runtime_error(command.front() + " did not become ready:\n" + text_of_file(output_));
}

Child::~Child() {
  stop();
}

int Child::stop() {
  if (pid_ < 0) return 0;
  ::kill(pid_, SIGTERM);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return exit_status(status);
}

std::string Child::output() const {
  return text_of_file(output_);
}

Finished run_command(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                     const std::filesystem::path& output) {
  std::filesystem::remove(output);
  const pid_t pid = spawn(command, environment, output);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return {exit_status(status), text_of_file(output)};
}

ScenarioServer::ScenarioServer(const Programs& programs, const Neighbours& neighbours)
    : programs_(programs), folder_(fresh_folder()) {
  if (programs_.postgres_url.empty()) {
    database_url_ = "sqlite:" + (folder_ / "guildhall.db").string();
  } else {
    const auto schema = std::make_shared<PostgresSchema>(programs_.postgres_url);
    database_url_ = schema->url();
    schema_ = schema;
  }
  if (neighbours.has_site) {
    const std::string ready = "stub site ready on ";
    stub_site_ = std::make_unique<Child>(std::vector<std::string>{programs_.stub_site}, std::vector<std::string>{},
                                         folder_ / "stub_site.log", ready);
    site_url_ = word_after(stub_site_->output(), ready);
  }
  if (neighbours.has_model) {
    const std::string ready = "stub model ready on ";
    stub_model_ = std::make_unique<Child>(std::vector<std::string>{programs_.stub_model}, std::vector<std::string>{},
                                          folder_ / "stub_model.log", ready);
    stub_url_ = word_after(stub_model_->output(), ready);
  }
  start();
}

ScenarioServer::~ScenarioServer() {
  server_.reset();
  stub_model_.reset();
  stub_site_.reset();
  schema_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> ScenarioServer::environment() const {
  std::vector<std::string> variables{"HOME=" + folder_.string(),
                                     "PATH=/usr/bin:/bin",
                                     "GUILDHALL_DATA=" + folder_.string(),
                                     "GUILDHALL_DATABASE=" + database_url_,
                                     std::string("GUILDHALL_OPERATOR_EMAIL=") + kOperatorEmail,
                                     std::string("GUILDHALL_OPERATOR_PASSWORD=") + kOperatorPassword};
  for (const char* passed_on : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"})
    if (const char* value = std::getenv(passed_on)) variables.push_back(std::string(passed_on) + "=" + value);
  std::string allowed = site_url_.empty() ? std::string() : site_url_.substr(std::string_view("http://").size());
  if (!stub_url_.empty()) {
    const std::string address = stub_url_.substr(std::string_view("http://").size());
    variables.push_back("GUILDHALL_MODEL_BASE_URL=" + stub_url_);
    variables.push_back("GUILDHALL_MODEL_NAME=stub");
    variables.push_back("GUILDHALL_EMBEDDING_MODEL=stub-embeddings");
    allowed += (allowed.empty() ? "" : ",") + address.substr(0, address.find('/'));
  }
  if (!allowed.empty()) variables.push_back("GUILDHALL_OUTBOUND_ALLOW=" + allowed);
  return variables;
}

void ScenarioServer::start() {
  const std::string ready = " ready on ";
  server_ =
      std::make_unique<Child>(std::vector<std::string>{programs_.server, "serve", "--listen", "127.0.0.1:0", "--monitor-listen="},
                              environment(), folder_ / ("server" + std::to_string(starts_++) + ".log"), ready);
  base_url_ = word_after(server_->output(), ready);
}

std::string ScenarioServer::log() const {
  std::string text;
  for (int i = 0; i < starts_; ++i) text += text_of_file(folder_ / ("server" + std::to_string(i) + ".log"));
  return text;
}

void ScenarioServer::restart() {
  if (const int status = server_->stop(); status != 0)
    throw std::runtime_error("the server ended with " + std::to_string(status) + ":\n" + log());
  start();
}

Finished ScenarioServer::command(const std::vector<std::string>& words) {
  std::vector<std::string> command{programs_.server};
  command.insert(command.end(), words.begin(), words.end());
  return run_command(command, environment(), folder_ / "command.log");
}

}  // namespace guildhall::test
