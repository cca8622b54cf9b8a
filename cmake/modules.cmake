# A room is a folder of src/ and a library. Its public headers are in include/<room>/, everything else is private to it.
#
#   guildhall_module(market USES base store delivery identity)
#
# USES names the rooms it may see. The link is private, so a room's own users do not inherit it, and a header of a room
# that is not named is not on the include path. A room may only name rooms above it in GUILDHALL_ROOMS.
# LIBRARIES are external libraries, private as well. Files named *_test.cc become the test program <room>_test.

set(GUILDHALL_ROOMS
  base net store delivery identity market billing flow registry knowledge crawler models runtime gateway support site api app)

function(guildhall_check_order room)
  list(FIND GUILDHALL_ROOMS ${room} here)
  if(here EQUAL -1)
    message(FATAL_ERROR "src/${room}: not a room of the house (cmake/modules.cmake lists them)")
  endif()
  foreach(used IN LISTS ARGN)
    list(FIND GUILDHALL_ROOMS ${used} there)
    if(there EQUAL -1)
      message(FATAL_ERROR "src/${room}: USES ${used}, which is not a room")
    elseif(NOT there LESS here)
      message(FATAL_ERROR "src/${room}: USES ${used}, which lies further down the house; lower never knows upper")
    endif()
  endforeach()
endfunction()

find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(fmt REQUIRED)
if(NOT TARGET guildhall_precompiled)
  file(WRITE "${CMAKE_BINARY_DIR}/precompiled.cc" "")
  add_library(guildhall_precompiled STATIC "${CMAKE_BINARY_DIR}/precompiled.cc")
  if(GUILDHALL_PCH)
    target_link_libraries(guildhall_precompiled PRIVATE Boost::json fmt::fmt)
    target_precompile_headers(guildhall_precompiled PRIVATE
      <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <functional> <map> <memory> <mutex> <optional>
      <span> <string> <string_view> <thread> <unordered_map> <utility> <variant> <vector>
      <boost/json.hpp> <fmt/core.h>)
  endif()
endif()

function(guildhall_use_precompiled target)
  if(GUILDHALL_PCH)
    target_precompile_headers(${target} REUSE_FROM guildhall_precompiled)
  endif()
endfunction()

function(guildhall_module room)
  cmake_parse_arguments(MODULE "" "" "USES;LIBRARIES;TEST_USES;TEST_LIBRARIES" ${ARGN})
  guildhall_check_order(${room} ${MODULE_USES} ${MODULE_TEST_USES})

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  set(target guildhall_${room})
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} PUBLIC include)
  # Searched last: a room's limits.h must not stand before the system's <limits.h>. In a subfolder it is "../limits.h".
  target_compile_options(${target} PRIVATE "SHELL:-idirafter ${CMAKE_CURRENT_SOURCE_DIR}")
  foreach(used IN LISTS MODULE_USES)
    target_link_libraries(${target} PRIVATE guildhall_${used})
  endforeach()
  target_link_libraries(${target} PRIVATE ${MODULE_LIBRARIES} fmt::fmt)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_BATCH_SIZE 0)
  guildhall_use_precompiled(${target})

  if(GUILDHALL_TESTS AND tests)
    add_executable(${room}_test ${tests} "${CMAKE_SOURCE_DIR}/tests/support/doctest_main.cc")
    target_include_directories(${room}_test PRIVATE "${CMAKE_SOURCE_DIR}/tests/support/include")
    target_compile_options(${room}_test PRIVATE "SHELL:-idirafter ${CMAKE_CURRENT_SOURCE_DIR}")
    target_link_libraries(${room}_test PRIVATE ${target} ${MODULE_LIBRARIES} ${MODULE_TEST_LIBRARIES} fmt::fmt)
    foreach(used IN LISTS MODULE_USES MODULE_TEST_USES)
      target_link_libraries(${room}_test PRIVATE guildhall_${used})
    endforeach()
    set_target_properties(${room}_test PROPERTIES UNITY_BUILD OFF)
    guildhall_use_precompiled(${room}_test)
    add_test(NAME ${room} COMMAND ${room}_test)
    set_tests_properties(${room} PROPERTIES LABELS unit TIMEOUT 300 ENVIRONMENT "GUILDHALL_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
  endif()
endfunction()
