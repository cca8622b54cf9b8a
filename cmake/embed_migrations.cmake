# Writes migrations/NNNN_name.sql as a table of raw strings: cmake -DFILES=… -DOUTPUT=… -P embed_migrations.cmake
#
# Compilers promise string literals of 64 KiB, so a longer file fails here instead of somewhere else later.
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(stem "${file}" NAME_WE)
  if(NOT stem MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
    message(FATAL_ERROR "${file}: a migration is named NNNN_name.sql")
  endif()
  set(name "${CMAKE_MATCH_2}")
  string(REGEX REPLACE "^0+" "" number "${CMAKE_MATCH_1}")
  file(SIZE "${file}" size)
  if(size GREATER 60000)
    message(FATAL_ERROR "${file}: ${size} bytes; a migration has at most 60000, split it")
  endif()
  file(READ "${file}" sql)
  string(APPEND rows "    {${number}, \"${name}\", R\"migration(${sql})migration\"},\n")
endforeach()
file(WRITE "${OUTPUT}"
  "// Generated from migrations/*.sql by cmake/embed_migrations.cmake.\n"
  "#include \"embedded_migrations.h\"\n\n"
  "namespace guildhall::store {\n\n"
  "const std::vector<Migration>& embedded_migrations() {\n"
  "  static const std::vector<Migration> migrations = {\n${rows}  };\n"
  "  return migrations;\n}\n\n"
  "}  // namespace guildhall::store\n")
