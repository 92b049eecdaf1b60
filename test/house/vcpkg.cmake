# Runs the vcpkg port with stand-ins for the functions of vcpkg, and fails unless it makes a package that has what vcpkg
# demands: headers, a config where it looks for one, a copyright, and nothing that belongs elsewhere.
#   cmake -D ROOT=. -D COMPILER=g++ -D GENERATOR=Ninja -D MAKE_PROGRAM=ninja -D WORK=folder -P vcpkg.cmake

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK})
set(PORT duet)
set(CURRENT_PACKAGES_DIR ${WORK}/package)

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 configure "" "SOURCE_PATH" "OPTIONS")
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${configure_SOURCE_PATH} -B ${WORK}/build -G ${GENERATOR}
                          -D CMAKE_MAKE_PROGRAM=${MAKE_PROGRAM} -D CMAKE_CXX_COMPILER=${COMPILER}
                          -D CMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} ${configure_OPTIONS}
                  COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()
function(vcpkg_cmake_install)
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK}/build --target install
                  COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 config "" "PACKAGE_NAME;CONFIG_PATH" "")
  file(RENAME ${CURRENT_PACKAGES_DIR}/${config_CONFIG_PATH} ${WORK}/config)
  file(COPY ${WORK}/config/ DESTINATION ${CURRENT_PACKAGES_DIR}/share/${config_PACKAGE_NAME})
  file(REMOVE ${CURRENT_PACKAGES_DIR}/share/cmake)  # if it is empty now
endfunction()
function(vcpkg_fixup_pkgconfig)
  if(NOT EXISTS ${CURRENT_PACKAGES_DIR}/share/pkgconfig/duet.pc)
    message(SEND_ERROR "The port has no duet.pc to fix.")
  endif()
endfunction()
function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 copyright "" "" "FILE_LIST")
  file(COPY_FILE ${copyright_FILE_LIST} ${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright)
endfunction()

set(CMAKE_CURRENT_LIST_DIR ${ROOT}/doc/port/vcpkg)
include(${ROOT}/doc/port/vcpkg/portfile.cmake)

file(GLOB_RECURSE headers RELATIVE ${ROOT} ${ROOT}/include/*)
file(GLOB_RECURSE debugger RELATIVE ${ROOT}/doc/debugger ${ROOT}/doc/debugger/*)
set(expected ${headers} share/pkgconfig/duet.pc)
foreach(file IN ITEMS ${debugger} copyright usage duetConfig.cmake duetConfigVersion.cmake duetTargets.cmake)
  list(APPEND expected share/duet/${file})
endforeach()
file(GLOB_RECURSE packaged RELATIVE ${CURRENT_PACKAGES_DIR} ${CURRENT_PACKAGES_DIR}/*)
list(SORT expected)
list(SORT packaged)
if(NOT packaged STREQUAL expected)
  set(missing ${expected})
  list(REMOVE_ITEM missing ${packaged})
  list(REMOVE_ITEM packaged ${expected})
  message(SEND_ERROR "The port makes a package without: ${missing}\nand with: ${packaged}")
endif()
