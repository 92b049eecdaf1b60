# Fails unless SOURCE is rejected by COMPILER with the message that its first lines announce:
#   // expect: <text>             is in the compiler's first line with an error
#   // expect-clang: <text>       the same for clang, where the compiler's own words differ
#   // expect-in-output: <text>   is somewhere in what the compiler says (any number of these)
#   cmake -D SOURCE=a.cpp -D COMPILER=g++ -D COMPILER_NAME=g++ -D FLAGS=... -P reject.cmake

cmake_minimum_required(VERSION 3.25)

# Lists of CMake split at these characters; the same change on both sides of a comparison is harmless.
function(without_list_characters text result)
  string(REPLACE ";" "," text "${text}")
  string(REPLACE "[" "(" text "${text}")
  string(REPLACE "]" ")" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

file(READ ${SOURCE} source)
without_list_characters("${source}" source)
if(NOT source MATCHES "^// expect: ([^\n]+)\n")
  message(FATAL_ERROR "${SOURCE} must begin with a line `// expect: <text of the message>`.")
endif()
set(expected "${CMAKE_MATCH_1}")
if(COMPILER_NAME STREQUAL "clang" AND source MATCHES "\n// expect-clang: ([^\n]+)\n")
  set(expected "${CMAKE_MATCH_1}")
endif()

separate_arguments(flags UNIX_COMMAND "${FLAGS}")
set(ENV{LC_ALL} C)
execute_process(COMMAND ${COMPILER} ${flags} -fsyntax-only ${SOURCE} RESULT_VARIABLE code ERROR_VARIABLE said)
if(code EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles; expected: ${expected}")
endif()
without_list_characters("${said}" said)

string(REGEX MATCH "[^\n]*error: [^\n]*" first_error "${said}")
string(FIND "${first_error}" "${expected}" at)
if(at EQUAL -1)
  message("${said}")
  message(FATAL_ERROR "${SOURCE}: the first error is not: ${expected}")
endif()

string(REGEX MATCHALL "\n// expect-in-output: [^\n]+" lines "${source}")
foreach(line IN LISTS lines)
  string(REPLACE "\n// expect-in-output: " "" expected "${line}")
  string(FIND "${said}" "${expected}" at)
  if(at EQUAL -1)
    message("${said}")
    message(FATAL_ERROR "${SOURCE}: the compiler does not say: ${expected}")
  endif()
endforeach()
message("${first_error}")
