# Writes the text of TABLE into the C++ file OUTPUT, one string literal per line of it.
file(READ "${TABLE}" table)
string(REPLACE "\n" "\n)json\"\n    R\"json(" table "${table}")
file(WRITE "${OUTPUT}" "// Generated from known_component_hashes.json.
#include <string_view>

#include \"known_hashes.h\"

namespace guildhall::flow {

const std::string_view kKnownHashesJson =
    R\"json(${table})json\";

}  // namespace guildhall::flow
")
