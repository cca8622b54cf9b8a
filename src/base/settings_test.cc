// Settings: who wins, where a value came from, and which mistakes are named.
#include "base/settings.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

#include "base/errors.h"
#include "base/ids.h"

using namespace guildhall;

namespace {

/// A folder that goes with its test.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("guildhall-settings-" + hex(random_uuid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string refusal_of(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment = {}) {
  try {
    read_command_line(arguments, environment);
  } catch (const Refusal& refusal) {
    CHECK(refusal.code == Code::validation_failed);
    return refusal.message;
  }
  return "no refusal";
}

bool names(const std::string& message, std::string_view part) {
  return message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every known setting has a key of its own, a description, and secrets have no default") {
  std::set<std::string_view> keys;
  for (const SettingName& name : known_settings()) {
    CAPTURE(name.key);
    CHECK(keys.insert(name.key).second);
    CHECK_FALSE(name.description.empty());
    if (name.is_secret) CHECK(name.fallback.empty());
  }
  for (const char* key : {"data", "listen", "database", "operator_email", "operator_password", "model_base_url", "model_api_key",
                          "model_name", "embedding_model", "outbound_allow", "redis", "smtp"}) {
    CAPTURE(key);
    CHECK(keys.count(key) == 1);
  }
}

TEST_CASE("without any source the defaults hold and say so") {
  const Folder folder;
  const auto line = read_command_line({"serve", "--data", folder.path()}, {});
  CHECK(line.words == std::vector<std::string>{"serve"});
  CHECK(line.settings.text("listen") == "127.0.0.1:8080");
  CHECK(line.settings.value("listen").origin == "default");
  CHECK(line.settings.value("data").origin == "flag --data");
  CHECK(line.settings.integer("run_threads") == 1024);
  CHECK_FALSE(line.settings.flag("demo"));
  CHECK_FALSE(line.settings.optional("database"));
  CHECK(line.settings.list("outbound_allow").empty());
}

TEST_CASE("flag beats environment beats file beats default") {
  const Folder folder;
  const std::string path = folder.file(
      "guildhall.toml", "listen = '1.1.1.1:1'\nqueue = 5\ndemo = true\noutbound_allow = ['a:1', 'b:2']\nmodel_name = 'file'\n");
  const std::map<std::string, std::string> environment = {
      {"GUILDHALL_LISTEN", "2.2.2.2:2"}, {"GUILDHALL_QUEUE", "6"}, {"GUILDHALL_MODEL_NAME", ""}, {"GUILDHALL_UNKNOWN", "x"}};
  const auto line = read_command_line({"--listen=3.3.3.3:3", "serve", "--data", folder.path()}, environment);
  CHECK(line.settings.text("listen") == "3.3.3.3:3");
  CHECK(line.settings.value("listen").origin == "flag --listen");
  CHECK(line.settings.integer("queue") == 6);
  CHECK(line.settings.value("queue").origin == "environment GUILDHALL_QUEUE");
  CHECK(line.settings.flag("demo"));
  CHECK(line.settings.value("demo").origin == "file " + path);
  CHECK(line.settings.list("outbound_allow") == std::vector<std::string>{"a:1", "b:2"});
  CHECK(line.settings.text("model_name") == "file");
}

TEST_CASE("the file is the one named by flag or environment before the one in the data folder") {
  const Folder folder;
  folder.file("guildhall.toml", "model_name = 'folder'\n");
  const std::string other = folder.file("other.toml", "model_name = 'other'\n");
  const std::map<std::string, std::string> environment = {{"GUILDHALL_CONFIG", other}, {"GUILDHALL_DATA", folder.path()}};
  CHECK(read_command_line({}, environment).settings.text("model_name") == "other");
  CHECK(read_command_line({}, {{"GUILDHALL_DATA", folder.path()}}).settings.text("model_name") == "folder");
  const auto line = read_command_line({"--config", other}, {{"GUILDHALL_DATA", folder.path()}});
  CHECK(line.settings.value("model_name").origin == "file " + other);
  CHECK(line.options.empty());
}

TEST_CASE("comments and strings of the file may hold any script") {
  const Folder folder;
  for (const char* value : {"'caf\u00E9 \u3042 #'", "\"\u3042 \\\" \u3044\"", "\'\'\'\u3042\'\'\'", "\"\"\"\u3042\nb\"\"\""}) {
    CAPTURE(value);
    const std::string path = folder.file("a.toml", "# \u3042 'a comment\nmodel_name = " + std::string(value) + " # \u3042\n");
    CHECK(read_command_line({"--config", path}, {}).settings.text("model_name").find("\u3042") != std::string::npos);
  }
}

TEST_CASE("words, options and switches are told apart") {
  const auto line = read_command_line(
      {"flow", "run", "FILE", "--input", "Hello", "--demo", "more", "--work-threads=2", "--audit", "--", "--listen"},
      {{"GUILDHALL_DATA", "/nonexistent"}});
  CHECK(line.words == std::vector<std::string>{"flow", "run", "FILE", "more", "--listen"});
  CHECK(line.options == std::map<std::string, std::string>{{"input", "Hello"}, {"audit", ""}});
  CHECK(line.settings.flag("demo"));
  CHECK(line.settings.integer("work_threads") == 2);
  CHECK(read_command_line({"--input=--x=y", "--demo=false"}, {}).options.at("input") == "--x=y");
}

TEST_CASE("mistakes are refused by name") {
  const Folder folder;
  CHECK(names(refusal_of({"--listen"}), "--listen"));
  CHECK(names(refusal_of({"--model-api-key", "--demo"}), "--model-api-key"));
  CHECK(names(refusal_of({"--config"}), "--config"));
  CHECK(names(refusal_of({"--demo=maybe"}), "demo must be true or false"));
  CHECK(names(refusal_of({"--=x"}), "names no flag"));
  CHECK(names(refusal_of({"--config", folder.path() + "/absent.toml"}), "absent.toml: cannot be read"));
  CHECK(names(refusal_of({"--config", folder.file("a.toml", "lisstn = 'x'\n")}), "unknown setting 'lisstn'"));
  CHECK(names(refusal_of({"--config", folder.file("b.toml", "queue = 1\nlisten = \n")}), "b.toml: line 2"));
  CHECK(names(refusal_of({"--config", folder.file("c.toml", "[listen]\nx = 1\n")}), "c.toml: line 1: settings are keys"));
  CHECK(names(refusal_of({"--config", folder.file("c.toml", "queue = 1\n \t[>3s")}), "c.toml: line 2: settings are keys"));
  CHECK(names(refusal_of({"--config", folder.file("c.toml", "listen = {x = 1}\n")}), "c.toml: line 1: settings are keys"));
  CHECK(names(refusal_of({"--config", folder.file("c.toml", "A=[+4, }[ 0E ,")}), "c.toml: line 1: settings are keys"));
  CHECK(names(refusal_of({"--config", folder.file("c.toml", "listen.x = 1\n")}), "'listen' must be"));
  CHECK(names(refusal_of({"--config", folder.file("d.toml", "queue = 1.5\n")}), "'queue' must be"));
  CHECK(names(refusal_of({"--config", folder.file("e.toml", "queue = 1\n\xEF\xBB\x9F\n")}), "e.toml: line 2: "));
  CHECK(names(refusal_of({"--config", folder.file("f.toml", "queue = 1 \u3042\n")}), "f.toml: line 1: "));
  CHECK(names(refusal_of({"--config", folder.file("g.toml", "model_name = \"a\\\u3042\"\n")}), "g.toml: line 1: "));
  CHECK(names(refusal_of({"--config", folder.file("h.toml", "model_name = '\xC3'\n")}), "h.toml: is not UTF-8"));
  CHECK(names(refusal_of({"--config", folder.file("i.toml", "A=++'\u0719\u031F")}), "i.toml: line 1: "));
  CHECK(names(refusal_of({"--config", folder.file("j.toml", "'\u3042' = 1")}), "unknown setting '\u3042'"));
  CHECK(names(refusal_of({"--config", folder.file("k.toml", "ux = 1 # \u3042")}), "unknown setting 'ux'"));
  const auto line = read_command_line({"--queue", "many", "--data", folder.path()}, {});
  CHECK_THROWS_AS(static_cast<void>(line.settings.integer("queue")), Refusal);
  CHECK_THROWS_AS(static_cast<void>(line.settings.text("lisstn")), std::logic_error);
}

TEST_CASE("settings made by hand start from the defaults") {
  Settings settings;
  CHECK(settings.text("listen") == "127.0.0.1:8080");
  settings.set("listen", "127.0.0.1:0", "test");
  CHECK(settings.value("listen").origin == "test");
  settings.set("outbound_allow", " a:1 ,, b:2,", "test");
  CHECK(settings.list("outbound_allow") == std::vector<std::string>{"a:1", "b:2"});
  settings.set("demo", "ON", "test");
  CHECK(settings.flag("demo"));
  settings.set("demo", "perhaps", "test");
  CHECK_THROWS_AS(static_cast<void>(settings.flag("demo")), Refusal);
  CHECK_THROWS_AS(settings.set("nothing", "x", "test"), std::logic_error);
}
