# Plants faults for SCRIPT, one of the scripts that check this house, and fails unless it reports each of them and
# passes what is right.
#   cmake -D SCRIPT=document -D COMPILER=g++ -D FLAGS=... -D WORK=folder -P planted.cmake

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})

# Runs a script of this folder: it must fail and say `text`, or, if `text` is "passes", end well.
function(expect text script)
  execute_process(COMMAND ${CMAKE_COMMAND} ${ARGN} -P ${CMAKE_CURRENT_LIST_DIR}/${script}
                  RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " words "${said}")  # CMake wraps long messages
  string(FIND "${words}" "${text}" at)
  if(text STREQUAL passes AND NOT code EQUAL 0)
    message(SEND_ERROR "Nothing is wrong, yet ${script} says:\n${said}")
  elseif(NOT text STREQUAL passes AND (code EQUAL 0 OR at EQUAL -1))
    message(SEND_ERROR "${script} should fail with: ${text}\nIt ends with ${code} and says:\n${said}")
  endif()
endfunction()

if(SCRIPT STREQUAL include_direction)
  # A sound tree, except perhaps for the header `path`.
  function(expect_header expected path text)
    file(REMOVE_RECURSE ${WORK}/include)
    file(WRITE ${WORK}/include/duet/duet.hpp "#include <duet/eigen/a.hpp>\n#include <duet/check.hpp>\n")
    file(WRITE ${WORK}/include/duet/eigen/a.hpp "#include <Eigen/Core>\n#include <duet/forward/a.hpp>\n")
    file(WRITE ${WORK}/include/duet/${path} "${text}")
    expect("${expected}" include_direction.cmake -D INCLUDE=${WORK}/include)
  endfunction()

  expect_header(passes math/b.hpp "#include <cmath>\n#include <duet/core/a.hpp>\n#include <duet/math/c.hpp>\n")
  expect_header("math (rank 2) must not include forward (rank 3)" math/b.hpp "#include <duet/forward/a.hpp>\n")
  expect_header("forward (rank 3) must not include reverse (rank 3)" forward/b.hpp "\n # include <duet/reverse/a.hpp>\n")
  expect_header("only users and other headers at the top include it" driver/b.hpp "#include <duet/duet.hpp>\n")
  expect_header("Eigen is known from the folder eigen" reverse/b.hpp "#include <Eigen/Core>\n")
  expect_header("Duet's headers are included as <duet/...>" core/b.hpp "#include \"a.hpp\"\n")
  expect_header("the folder utils has no rank" utils/b.hpp "\n")
  expect_header("the folder utils has no rank" core/b.hpp "#include <duet/utils/a.hpp>\n")
  expect_header("include single headers of Hana" core/b.hpp "#include <boost/hana.hpp>\n")
  string(REPEAT "// [;]\n" 400 lines)
  expect_header(passes core/b.hpp "${lines}")
  expect_header("401 lines, at most 400" core/b.hpp "${lines}\n")
  expect("No headers below" include_direction.cmake -D INCLUDE=${WORK}/nowhere)

elseif(SCRIPT STREQUAL reject)
  function(expect_program expected text)
    file(WRITE ${WORK}/program.cpp "${text}")
    expect("${expected}" ../rejects/reject.cmake
           -D COMPILER=${COMPILER} -D COMPILER_NAME=${NAME} -D "FLAGS=${FLAGS}" -D SOURCE=${WORK}/program.cpp)
  endfunction()

  set(NAME g++)
  set(fails "static_assert(sizeof(int) == 0, \"no [int]; none\");\nint i = unknown;\n")
  expect_program(passes "// expect: no [int]; none\n${fails}")
  expect_program(passes "// expect: no [int]; none\n// expect-in-output: unknown\n${fails}")
  expect_program(compiles "// expect: no int\nint main() {}\n")
  expect_program("the first error is not: no char" "// expect: no char\n${fails}")
  expect_program("the first error is not: unknown" "// expect: unknown\n${fails}")
  expect_program("the compiler does not say: char" "// expect: no [int]\n// expect-in-output: char\n${fails}")
  set(NAME clang)
  expect_program("the first error is not: no char" "// expect: no [int]\n// expect-clang: no char\n${fails}")
  set(NAME g++)
  expect_program(passes "// expect: no [int]\n// expect-clang: no char\n${fails}")
  expect_program("must begin with" "\n// expect: no [int]\n${fails}")

elseif(SCRIPT STREQUAL document)
  function(expect_document expected text)
    string(REPLACE "'''" "```" text "${text}")
    file(WRITE ${WORK}/document.md "${text}")
    expect("${expected}" document.cmake
           -D COMPILER=${COMPILER} -D "FLAGS=${FLAGS}" -D DOCUMENT=${WORK}/document.md -D WORK=${WORK}/work)
  endfunction()

  set(program "'''cpp\n#include <cstdio>\nint main() { std::puts(\"a; [b\"); }\n'''\n")
  expect_document(passes "${program}prints\n\n'''text\na; [b\n'''\n")
  expect_document(passes "Words.\n\n'''sh\nmake\n'''\n\n'''cpp\nint i;\n'''\n${program}\n'''text\na; [b\n'''\n")
  expect_document("block 1 prints a; [b but the text after it says a; [c" "${program}\n'''text\na; [c\n'''\n")
  expect_document("block 2 prints" "${program}\n'''text\na; [b\n'''\n${program}\n'''text\n'''\n")
  expect_document("block 1 does not compile" "'''cpp\nint i = unknown;\n'''\n")
  expect_document("block 1 ends with 3" "'''cpp\nint main() { return 3; }\n'''\n'''text\n'''\n")
  expect_document("no cpp block is followed by the text that it prints" "${program}\n'''sh\nmake\n'''\n'''text\n1\n'''\n")
  expect_document("has no end" "'''cpp\nint i;\n")
  expect("There is no" document.cmake -D DOCUMENT=${WORK}/nowhere.md -D WORK=${WORK}/work)

elseif(SCRIPT STREQUAL output)
  set(arguments -D PROGRAM=${WORK}/program -D EXPECTED=${WORK}/program.out)
  file(WRITE ${WORK}/program.cpp "#include <cstdio>\nint main(int n, char**) { std::puts(\"a; b\"); return n - 1; }\n")
  execute_process(COMMAND ${COMPILER} ${WORK}/program.cpp -o ${WORK}/program COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${WORK}/program.out "a; b\n")
  expect(passes output.cmake ${arguments})
  expect("ends with 1" output.cmake ${arguments} -D ARGUMENTS=more)
  file(WRITE ${WORK}/program.out "a; b")
  expect("prints a; b but" output.cmake ${arguments})

elseif(SCRIPT STREQUAL version)
  # A tree of version 0.2.0, except perhaps for the file `path`.
  function(expect_tree expected path text)
    set(header "#define DUET_VERSION_MAJOR 0\n#define DUET_VERSION 200\n#define DUET_VERSION_STRING \"0.2.0\"\n")
    file(WRITE ${WORK}/include/duet/core/version.hpp "${header}")
    file(WRITE ${WORK}/doc/port/vcpkg/vcpkg.json "{ \"version\": \"0.2.0\" }\n")
    file(WRITE ${WORK}/CHANGELOG.md "# Changelog\n\n## 0.2.0\n\n## 0.1.0\n")
    file(WRITE ${WORK}/README.md "find_package(duet 0.2 REQUIRED)\n")
    file(WRITE ${WORK}/doc/guide/install.md "find_package(duet 0.2 REQUIRED)\nlibduet-dev_0.2.0_all.deb\n")
    string(REPLACE "'" "\"" text "${text}")
    if(path)
      file(WRITE ${WORK}/${path} "${text}")
    endif()
    expect("${expected}" version.cmake
           -D COMPILER=${COMPILER} -D ROOT=${WORK} -D VERSION=0.2.0 -D WORK=${WORK}/work)
  endfunction()

  set(macros "#define DUET_VERSION_MAJOR 0\n#define DUET_VERSION")
  expect_tree(passes "" "")
  expect_tree("DUET_VERSION: version 0.3.0" include/duet/core/version.hpp
              "${macros} 300\n#define DUET_VERSION_STRING '0.2.0'\n")
  expect_tree("DUET_VERSION_STRING: version 0.3.0" include/duet/core/version.hpp
              "${macros} 200\n#define DUET_VERSION_STRING '0.3.0'\n")
  expect_tree("vcpkg.json: version 0.1.0" doc/port/vcpkg/vcpkg.json "{ 'version': '0.1.0' }")
  expect_tree("CHANGELOG.md: version 0.3.0" CHANGELOG.md "## 0.3.0\n\n## 0.2.0\n")
  expect_tree("README.md: version 0.1" README.md "find_package(duet 0.1 REQUIRED)\n")
  expect_tree("README.md: no find_package" README.md "Words.\n")
  expect_tree("install.md: version 0.1.0" doc/guide/install.md "find_package(duet 0.2)\nlibduet-dev_0.1.0_all.deb\n")

elseif(SCRIPT STREQUAL links)
  function(expect_links expected text)
    file(WRITE ${WORK}/tree/README.md "# A b: `c`\n\n${text}\n")
    file(WRITE ${WORK}/tree/doc/guide/a.md "# One two\n\n[up](../../README.md#a-b-c), [here](#one-two)\n")
    expect("${expected}" links.cmake -D SOURCE=${WORK}/tree)
  endfunction()

  expect_links(passes "[a](doc/guide/a.md#one-two), `[&](none) {}`, [w](https://none.org)\n\n```cpp\n[](auto x) {}\n```\n")
  expect_links("README.md: there is no doc/b.md" "[a](doc/b.md)")
  expect_links("doc/guide/a.md#three: no heading has that anchor" "[a](doc/guide/a.md#three)")
  file(WRITE ${WORK}/tree/a.svg "<svg/>")
  expect_links("a.svg is not in doc/picture" "![a](a.svg)")
  file(WRITE ${WORK}/tree/doc/website/mkdocs.yml "nav:\n")
  expect_links("guide/a.md: not named in doc/website/mkdocs.yml" "[a](doc/guide/a.md)")

else()
  message(FATAL_ERROR "Nothing is planted for ${SCRIPT}.")
endif()
