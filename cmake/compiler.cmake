# Flags every target shares. Warnings are errors; both clang-19 (day to day) and g++ 12 (release) must build.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(GUILDHALL_TESTS "Build tests and benchmarks" ON)
option(GUILDHALL_PCH "Use the shared precompiled header" ON)
set(GUILDHALL_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined or thread")

add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Werror -D_GLIBCXX_ASSERTIONS -fstack-protector-strong)
# Boost.Asio 1.81 tests for std::aligned_alloc and coroutines by compiler version; coroutines are not used here.
add_compile_definitions(BOOST_ASIO_DISABLE_CO_AWAIT BOOST_ASIO_NO_DEPRECATED)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options(-Wno-unused-lambda-capture)
  if(GUILDHALL_PCH)
    # ccache cannot cache clang's precompiled headers when they carry a time stamp.
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
else()
  # g++ 12 warns about atomics it cannot instrument and about its own library headers when inlining.
  add_compile_options(-Wno-tsan -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
# Rooms and programs share one precompiled header, so both are compiled position independent in the same way.
add_compile_options(-fPIE)
add_link_options(-pie -Wl,-z,relro,-z,now)
if(GUILDHALL_SANITIZE)
  add_compile_options(-fsanitize=${GUILDHALL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GUILDHALL_SANITIZE})
endif()

find_program(GUILDHALL_LINKER NAMES ld.lld-19 mold)
if(GUILDHALL_LINKER MATCHES "lld" AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_link_options(-fuse-ld=lld)
elseif(GUILDHALL_LINKER MATCHES "mold")
  add_link_options(-fuse-ld=mold)
endif()
find_program(GUILDHALL_CCACHE ccache)
if(GUILDHALL_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${GUILDHALL_CCACHE}")
endif()
