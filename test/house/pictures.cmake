# Fails unless the pictures of the explanations are those that the examples draw: the programs draw into WORK, and each picture must
# be as in SOURCE/doc/picture. Where it shows rounding errors, which depend on the compiler, only numbers may differ.
#   cmake -D PICTURES=pictures -D FOUR_WAYS=four_ways -D SOURCE=. -D WORK=folder -P pictures.cmake

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
execute_process(COMMAND ${PICTURES} ${WORK} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
execute_process(COMMAND ${FOUR_WAYS} --svg ${WORK} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)

foreach(name forward_and_reverse expression tape slopes steps)
  foreach(picture ${WORK} ${SOURCE}/doc/picture)
    if(NOT EXISTS ${picture}/${name}.svg)
      message(FATAL_ERROR "There is no ${picture}/${name}.svg.")
    endif()
  endforeach()
  file(READ ${WORK}/${name}.svg drawn)
  file(READ ${SOURCE}/doc/picture/${name}.svg kept)
  if(name MATCHES "slopes|steps")
    string(REGEX REPLACE "[0-9.]+" "0" drawn "${drawn}")
    string(REGEX REPLACE "[0-9.]+" "0" kept "${kept}")
  endif()
  if(NOT drawn STREQUAL kept)
    message(FATAL_ERROR "doc/picture/${name}.svg is not what its program draws; that is in ${WORK}.")
  endif()
endforeach()
