# Fails unless packages and documents below ROOT are of the version that its headers state and CMake took from them
# (VERSION).
#   cmake -D ROOT=. -D VERSION=0.1.0 -D COMPILER=g++ -D WORK=folder -P version.cmake

cmake_minimum_required(VERSION 3.25)

set(wrong 0)
function(require_version place found)
  if(NOT found STREQUAL VERSION)
    message("${place}: version ${found}, expected ${VERSION}")
    set(wrong 1 PARENT_SCOPE)
  endif()
endfunction()

file(WRITE ${WORK}/version.cpp [[
#include <cstdio>
#include <duet/core/version.hpp>
#if DUET_VERSION < 10000 * DUET_VERSION_MAJOR || DUET_VERSION >= 10000 * (DUET_VERSION_MAJOR + 1)
#error "not a number for #if"
#endif
int main() {
  std::printf("%s=%d.%d.%d\n", DUET_VERSION_STRING, DUET_VERSION / 10000, DUET_VERSION / 100 % 100, DUET_VERSION % 100);
}
]])
execute_process(COMMAND ${COMPILER} -std=c++20 -I${ROOT}/include ${WORK}/version.cpp -o ${WORK}/version
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${WORK}/version OUTPUT_VARIABLE says COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "(.*)=(.*)\n" _ "${says}")
require_version(DUET_VERSION_STRING "${CMAKE_MATCH_1}")
require_version(DUET_VERSION "${CMAKE_MATCH_2}")

file(READ ${ROOT}/doc/port/vcpkg/vcpkg.json port)
string(JSON found GET "${port}" version)
require_version(doc/port/vcpkg/vcpkg.json "${found}")

file(STRINGS ${ROOT}/CHANGELOG.md headings REGEX "^## ")
list(GET headings 0 heading)
string(REGEX MATCH "[0-9.]+" found "${heading}")
require_version(CHANGELOG.md "${found}")

string(REGEX REPLACE "\\.[0-9]+$" "" short ${VERSION})
foreach(document README.md doc/guide/install.md)
  file(READ ${ROOT}/${document} text)
  string(REGEX MATCHALL "find_package\\(duet [0-9.]+|libduet-dev_[0-9.]+[0-9]" named "${text}")
  if(NOT named)
    message("${document}: no find_package(duet ...)")
    set(wrong 1)
  endif()
  foreach(name IN LISTS named)
    string(REGEX MATCH "[0-9.]+$" found "${name}")
    if(NOT found STREQUAL short)  # CMake's packages are asked for by major and minor number, files have all three
      require_version(${document} "${found}")
    endif()
  endforeach()
endforeach()

if(wrong)
  message(FATAL_ERROR "Versions differ.")
endif()
