# Fails unless PROGRAM, called with ARGUMENTS (separated by blanks), ends well and prints exactly the file EXPECTED.
#   cmake -D PROGRAM=build/first_steps -D EXPECTED=first_steps.out -P output.cmake

cmake_minimum_required(VERSION 3.25)

separate_arguments(arguments UNIX_COMMAND "${ARGUMENTS}")
execute_process(COMMAND ${PROGRAM} ${arguments} RESULT_VARIABLE code OUTPUT_VARIABLE printed)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ends with ${code}.\n${printed}")
endif()
file(READ ${EXPECTED} expected)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "${PROGRAM} prints\n${printed}\nbut ${EXPECTED} says\n${expected}")
endif()
