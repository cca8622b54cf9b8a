// Variables of a scenario, the paths it reads JSON by, and the documents it makes by rule.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace guildhall::test {

using Variables = std::map<std::string, std::string, std::less<>>;

/// Replaces `{name}` by the variable and `{rule:argument}` by what the rule makes. A `{` that begins neither stays.
/// std::runtime_error for a name that is not known.
///
///   {file:examples/x.json}     the file's text, from the repository
///   {quoted:examples/x.json}   the same as a JSON string
///   {flow-data:examples/x.json}  the nodes and edges of a flow file
///   {repeat:3:ab}              ababab
///   {nodes:5}                  an array of five ChatInput nodes
///   {cycle-flow:}              nodes and edges of two nodes that feed each other
///   {prorated:29.00}           the price of a month that begins today
///   {in-seconds:2}             the time in two seconds
///   {uuid:new}                 a random UUID
std::string filled(std::string_view text, const Variables& variables);

/// Turns \n, \t, \\, \0 and \xNN into the bytes they name.
std::string unescaped(std::string_view text);

/// The value at a path: members by dots, [0] and [-1] elements, [key=value] the first element whose member is that value.
/// [*] and [*key=value] go on with every (matching) element and give an array. Null: nothing is there.
std::optional<json::Value> at_path(const json::Value& value, std::string_view path);

/// The events of a streamed body as an array: JSON lines as they are, `data:` frames by their JSON (or text), named ones as
/// {"event", "data"}.
json::Value events_of(std::string_view body);

/// {today}, {month}, {month_first}, {month_last} and {prorated_quantity} of this instant in UTC.
void add_dates(Variables& variables);

}  // namespace guildhall::test
