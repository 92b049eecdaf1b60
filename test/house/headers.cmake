# Fails unless each header of the folder INCLUDE compiles alone.
#   cmake -D INCLUDE=include/duet -D COMPILER=g++ -D FLAGS=... -P headers.cmake

cmake_minimum_required(VERSION 3.25)

separate_arguments(flags UNIX_COMMAND "${FLAGS}")
file(GLOB headers ${INCLUDE}/*.hpp)
if(NOT headers)
  message(FATAL_ERROR "No headers in ${INCLUDE}.")
endif()
foreach(header IN LISTS headers)
  execute_process(COMMAND ${COMPILER} ${flags} -fsyntax-only -x c++ ${header}
                  RESULT_VARIABLE code ERROR_VARIABLE errors)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${header} does not compile alone.\n${errors}")
  endif()
endforeach()
