// One setting, four sources: flag, environment, file, default; and the memory of which one won.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall {

/// A name as flag (`--listen`), environment variable (`GUILDHALL_LISTEN`) and key of guildhall.toml (`listen`).
struct SettingName {
  std::string_view key;          ///< lower case, words joined by `_`
  std::string_view description;  ///< one line for `guildhall doctor`
  std::string_view fallback;     ///< the default, as text
  bool is_secret = false;        ///< doctor prints whether it is set, not what it is
  bool is_switch = false;        ///< a flag without a value
};

/// Every setting the server knows, in the order doctor prints them.
const std::vector<SettingName>& known_settings();

struct SettingValue {
  std::string value;
  std::string origin;  ///< "flag --listen", "environment GUILDHALL_LISTEN", "file PATH", "default"
};

class Settings {
 public:
  const std::string& text(std::string_view key) const;
  std::optional<std::string> optional(std::string_view key) const;  ///< nullopt when empty
  bool flag(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;  ///< throws Refusal(validation_failed) naming the setting
  std::vector<std::string> list(std::string_view key) const;
  const SettingValue& value(std::string_view key) const;
  void set(std::string_view key, std::string value, std::string origin);

 private:
  std::map<std::string, SettingValue, std::less<>> values_;
};

struct CommandLine {
  std::vector<std::string> words;              ///< the command and its arguments, e.g. {"flow", "run", "FILE"}
  std::map<std::string, std::string> options;  ///< flags that are not settings, e.g. {"input", "Hello"}; commands check them
  Settings settings;
};

/// Reads flags, then environment, then the file named by `--config` or GUILDHALL_CONFIG, else guildhall.toml in the data
/// folder when there is one. Both `--name value` and `--name=value` are read. An unknown key in the file or a flag without
/// its value throws Refusal(validation_failed) naming it.
CommandLine read_command_line(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment);

}  // namespace guildhall
