# Compiles portable.cpp and some of the tests for another processor, 64-bit ARM, and runs them in qemu. Tests need
# Catch2 2.13, which is one header: of Catch2 3 the machine has a library for its own processor.
#   cmake -D TEST_FOLDER=test -D "FLAGS=..." -D WORK=folder -P aarch64.cmake

cmake_minimum_required(VERSION 3.25)

find_program(compiler NAMES aarch64-linux-gnu-g++ aarch64-linux-gnu-g++-14 aarch64-linux-gnu-g++-12)
find_program(qemu NAMES qemu-aarch64-static qemu-aarch64)
if(NOT compiler OR NOT qemu)
  message("skipped: needs a cross compiler (g++-aarch64-linux-gnu) and qemu (qemu-user-static)")
  return()
endif()

# Headers of no machine, apart from those of this machine's C library.
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/include)
foreach(folder boost catch2)
  find_path(${folder}_at ${folder} PATHS /usr/include /usr/local/include)
  if(${folder}_at)
    file(CREATE_LINK ${${folder}_at}/${folder} ${WORK}/include/${folder} SYMBOLIC)
  endif()
endforeach()
separate_arguments(flags UNIX_COMMAND "${FLAGS} -isystem ${WORK}/include -static -Wno-psabi")

function(run_on_arm name)
  execute_process(COMMAND ${compiler} ${flags} ${ARGN} -o ${WORK}/${name} COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${qemu} ${WORK}/${name} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run_on_arm(portable -O2 ${TEST_FOLDER}/house/portable.cpp)
if(EXISTS ${catch2_at}/catch2/catch.hpp)
  file(WRITE ${WORK}/main.cpp "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
  run_on_arm(tests -O1 -I${TEST_FOLDER} ${WORK}/main.cpp ${TEST_FOLDER}/forward/dual.cpp ${TEST_FOLDER}/reverse/tape.cpp
             ${TEST_FOLDER}/driver/gradient.cpp)
endif()
