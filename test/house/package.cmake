# Builds and runs the project CONSUMER against Duet as people do: installed and found by find_package, by
# add_subdirectory, or by FetchContent (WAY).

cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "${command}: ${code}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
if(WAY STREQUAL find_package)
  run(${CMAKE_COMMAND} --install ${DUET_BINARY} --prefix ${WORK}/prefix)
  file(GLOB_RECURSE given RELATIVE ${DUET_SOURCE}/include ${DUET_SOURCE}/include/*)
  file(GLOB_RECURSE installed RELATIVE ${WORK}/prefix/include ${WORK}/prefix/include/*)
  if(NOT given STREQUAL installed)
    message(FATAL_ERROR "Installed: ${installed}\nin the source: ${given}")
  endif()
  file(READ ${DUET_SOURCE}/CMakeLists.txt text)
  string(REGEX MATCH "project\\(duet VERSION ([0-9]+\\.[0-9]+)" _ "${text}")
  set(where -D CMAKE_PREFIX_PATH=${WORK}/prefix -D DUET_VERSION=${CMAKE_MATCH_1})
else()
  set(where -D DUET_SOURCE=${DUET_SOURCE})
endif()

run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${WORK}/build -G ${GENERATOR} -D CMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}
    -D CMAKE_CXX_COMPILER=${COMPILER} -D WAY=${WAY} ${where})
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/consumer)
message("${output}")

# Duet's own tests, warnings and install rules stay at home.
run(${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/build -N)
if(NOT output MATCHES "Total Tests: 1\n")
  message(FATAL_ERROR "Expected the one test of the consumer.\n${output}")
endif()
