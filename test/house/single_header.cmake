# Writes duet_all.hpp and builds two_units, a program of two files, with it; with QUICK a smaller one with the headers
# of forward mode. It holds each header once, and says so when headers of Duet are included besides.
#   cmake -D ROOT=. -D QUICK=OFF -D COMPILER=g++ -D "FLAGS=..." -D WORK=folder -P single_header.cmake

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK})
set(all ${WORK}/include/duet_all.hpp)
execute_process(COMMAND ${CMAKE_COMMAND} -D OUTPUT=${all} -P ${ROOT}/doc/port/single_header.cmake
                COMMAND_ERROR_IS_FATAL ANY)

file(GLOB_RECURSE headers RELATIVE ${ROOT}/include ${ROOT}/include/*.hpp)
list(REMOVE_ITEM headers duet/tensor.hpp duet/check/catch.hpp)  # these bring what is not everyone's
list(FILTER headers EXCLUDE REGEX "^duet/batch[./]")
file(STRINGS ${all} written REGEX "^// ==== .* ====$")
list(TRANSFORM written REPLACE "// ==== (.*) ====" "\\1")
list(SORT written)
list(SORT headers)
if(NOT written STREQUAL headers)
  message(SEND_ERROR "duet_all.hpp holds: ${written}\nexpected: ${headers}")
endif()

# The flags without the folder of the headers: nothing but duet_all.hpp can be meant.
string(REPLACE "-I${ROOT}/include" "-I${WORK}/include" flags "${FLAGS}")
separate_arguments(flags UNIX_COMMAND "${flags}")
foreach(file main.cpp second.cpp shared.hpp)
  file(READ ${ROOT}/test/house/two_units/${file} text)
  string(REPLACE "<duet/duet.hpp>" "<duet_all.hpp>" text "${text}")
  file(WRITE ${WORK}/${file} "${text}")
endforeach()
set(sources ${WORK}/main.cpp ${WORK}/second.cpp)
if(QUICK)
  execute_process(COMMAND ${CMAKE_COMMAND} -D OUTPUT=${all} -D "HEADERS=forward/dual.hpp;math/math.hpp"
                          -P ${ROOT}/doc/port/single_header.cmake COMMAND_ERROR_IS_FATAL ANY)
  set(sources ${WORK}/small.cpp)
  file(WRITE ${sources} "#include <duet_all.hpp>\n"
       "int main() { return (3 * duet::dual<>::independent(2, 0)).value() == 6 ? 0 : 1; }\n")
endif()
execute_process(COMMAND ${COMPILER} ${flags} ${sources} -o ${WORK}/program COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${WORK}/program COMMAND_ERROR_IS_FATAL ANY)

# Both orders are refused in one sentence. -E stops at neither; it is quick.
foreach(order "duet_all.hpp;duet/core/config.hpp" "duet/core/config.hpp;duet_all.hpp")
  list(TRANSFORM order REPLACE "(.+)" "#include <\\1>\n" OUTPUT_VARIABLE includes)
  string(CONCAT text ${includes})
  file(WRITE ${WORK}/both.cpp "${text}")
  execute_process(COMMAND ${COMPILER} ${flags} -I${ROOT}/include -E ${WORK}/both.cpp -o ${WORK}/both.ii
                  RESULT_VARIABLE code ERROR_VARIABLE said)
  if(code EQUAL 0 OR NOT said MATCHES "include one or the other")
    message(SEND_ERROR "Included together (${order}): ${code}\n${said}")
  endif()
endforeach()
