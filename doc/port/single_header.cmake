# Writes duet_all.hpp: Duet in one header, for compilers on a web page and for projects that copy one file.
#
#   cmake [-D OUTPUT=duet_all.hpp] [-D "HEADERS=duet.hpp;sparse.hpp"] -P doc/port/single_header.cmake
#
# HEADERS are the headers to include, below include/duet; without it all but tensor.hpp, check/catch.hpp and batch, which
# bring what is not everyone's. Each is written once, after those that it includes: no header of Duet includes one after its
# code.

cmake_minimum_required(VERSION 3.25)

get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
set(include ${root}/include)
if(NOT DEFINED OUTPUT)
  set(OUTPUT duet_all.hpp)
endif()
get_filename_component(OUTPUT ${OUTPUT} ABSOLUTE)  # a script's file() would take it from the script's own folder
if(HEADERS)
  string(REPLACE ";" ", " names "${HEADERS}")
else()
  set(names "all its headers but those that bring Eigen's tensors, Catch2 or xsimd")
  file(GLOB_RECURSE HEADERS RELATIVE ${include}/duet ${include}/duet/*.hpp)
  list(REMOVE_ITEM HEADERS tensor.hpp check/catch.hpp)
  list(FILTER HEADERS EXCLUDE REGEX "^batch[./]")
endif()

# Appends `header` to `all`, after those that it includes and that are not yet there.
function(append header)
  if(header IN_LIST written)
    return()
  endif()
  list(APPEND written ${header})
  file(READ ${include}/${header} text)
  if(text MATCHES "\n#(if|elif|else)[^\n]*\n(#include <[^\n]*\n)*(#include <duet/[^\n]*)")
    message(FATAL_ERROR "${header}: ${CMAKE_MATCH_3} on a condition; let the header included test it.")
  endif()
  string(REGEX MATCHALL "\n#include <duet/[^>]+>" includes "${text}")
  foreach(other IN LISTS includes)
    string(REGEX REPLACE ".*<(.*)>" "\\1" other "${other}")
    append(${other})
  endforeach()
  string(REGEX REPLACE "\n#include <duet/[^>]+>" "" text "${text}")
  string(REGEX REPLACE "^#pragma once\n" "" text "${text}")
  if(text MATCHES "\n *# *(include *[<\"]duet[^\n]*|pragma once)")
    message(FATAL_ERROR "${header}: #${CMAKE_MATCH_1} is not where this script looks for it.")
  endif()
  string(APPEND all "\n// ==== ${header} ====\n${text}")
  set(all "${all}" PARENT_SCOPE)
  set(written ${written} PARENT_SCOPE)
endfunction()

set(all)
set(written)
foreach(header IN LISTS HEADERS)
  append(duet/${header})
endforeach()
file(READ ${root}/LICENSE license)
string(STRIP "${license}" license)
string(REPLACE "\n" "\n// " license "// ${license}")
string(REPLACE "// \n" "//\n" license "${license}")
file(WRITE ${OUTPUT} "\
#pragma once

// Duet in one header, made by doc/port/single_header.cmake:
// ${names}.
//
${license}

#if defined(DUET_VERSION)
#error \"duet_all.hpp is included after a header of Duet: include one or the other\"
#endif
${all}
#define DUET_ALL
")
list(LENGTH written count)
message("${count} headers in ${OUTPUT}")
