include(Layers)

# Our warnings and language level; an INTERFACE target, so they don't reach third-party code.
add_library(soundhub_options INTERFACE)
target_compile_features(soundhub_options INTERFACE cxx_std_20)
target_compile_options(soundhub_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
                       -Wno-missing-field-initializers  # designated initialisers are the house style
                       -ffp-contract=off)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

function(soundhub_check_edges name)
  foreach(dep IN LISTS ARGN)
    if(NOT dep IN_LIST SOUNDHUB_MAY_USE_${name})
      message(FATAL_ERROR "layering: '${name}' may not use '${dep}' (cmake/Layers.cmake)")
    endif()
  endforeach()
endfunction()

# soundhub_module(storage SOURCES src/a.cpp USES base domain HIDES … EXTERNAL SQLite::SQLite3 [PUBLIC_EXTERNAL …])
# USES is handed on to whoever links the module, HIDES is not: their headers can't be named from outside.
function(soundhub_module name)
  cmake_parse_arguments(M "" "" "SOURCES;USES;HIDES;EXTERNAL;PUBLIC_EXTERNAL;OPTIONS" ${ARGN})
  soundhub_check_edges(${name} ${M_USES} ${M_HIDES})
  add_library(soundhub_${name} STATIC ${M_SOURCES})
  add_library(soundhub::${name} ALIAS soundhub_${name})
  target_include_directories(soundhub_${name} PUBLIC include PRIVATE src)
  list(TRANSFORM M_USES PREPEND soundhub::)
  list(TRANSFORM M_HIDES PREPEND soundhub::)
  target_link_libraries(soundhub_${name} PUBLIC ${M_USES} ${M_PUBLIC_EXTERNAL}
                        PRIVATE ${M_HIDES} ${M_EXTERNAL} soundhub_options)
  target_compile_options(soundhub_${name} PRIVATE ${M_OPTIONS})
  foreach(part tests bench fuzz)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${part}/CMakeLists.txt)
      if((part STREQUAL tests AND BUILD_TESTING) OR (part STREQUAL bench AND SOUNDHUB_BENCH)
         OR (part STREQUAL fuzz AND SOUNDHUB_FUZZ))
        add_subdirectory(${part})
      endif()
    endif()
  endforeach()
endfunction()

# soundhub_app(soundhub SOURCES … USES …): a program in bin/, held to the same table as 'app_<name>'.
function(soundhub_app name)
  cmake_parse_arguments(A "" "" "SOURCES;USES;EXTERNAL" ${ARGN})
  soundhub_check_edges(app_${name} ${A_USES})
  add_executable(${name} ${A_SOURCES})
  list(TRANSFORM A_USES PREPEND soundhub::)
  target_link_libraries(${name} PRIVATE ${A_USES} ${A_EXTERNAL} soundhub_options)
endfunction()

# soundhub_test(storage SOURCES a_test.cpp USES …): one test binary per module, run by ctest one process a suite.
# Links soundhub::<name> and nothing above it.
function(soundhub_test name)
  cmake_parse_arguments(T "" "" "SOURCES;USES;EXTERNAL;LABELS" ${ARGN})
  add_executable(${name}_test ${T_SOURCES})
  list(TRANSFORM T_USES PREPEND soundhub::)
  target_link_libraries(${name}_test PRIVATE soundhub::${name} ${T_USES} ${T_EXTERNAL} soundhub_options GTest::gmock
                        GTest::gtest_main)
  target_include_directories(${name}_test PRIVATE ../src)
  add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES LABELS "unit;${T_LABELS}" TIMEOUT 600)
endfunction()

# soundhub_test_on_postgres(storage): the same test program again, its TempDatabase on a real PostgreSQL that it starts.
# Each test makes a database of its own there, which takes its time under the sanitizers.
function(soundhub_test_on_postgres name)
  add_test(NAME ${name}_postgres COMMAND ${name}_test --gtest_brief=1)
  set_tests_properties(${name}_postgres PROPERTIES LABELS "unit" TIMEOUT 1500
                       ENVIRONMENT SOUNDHUB_TEST_DATABASE=postgres)
endfunction()

# soundhub_bench(dsp SOURCES …) and soundhub_fuzz(head SOURCES head_fuzz.cpp USES http): off by default.
function(soundhub_bench name)
  cmake_parse_arguments(B "" "" "SOURCES;USES;EXTERNAL" ${ARGN})
  add_executable(${name}_bench ${B_SOURCES})
  list(TRANSFORM B_USES PREPEND soundhub::)
  target_link_libraries(${name}_bench PRIVATE soundhub::${name} ${B_USES} ${B_EXTERNAL} soundhub_options
                        benchmark::benchmark_main)
endfunction()

function(soundhub_fuzz name)
  cmake_parse_arguments(F "" "" "SOURCES;USES;INCLUDES" ${ARGN})
  add_executable(fuzz_${name} ${F_SOURCES})
  list(TRANSFORM F_USES PREPEND soundhub::)
  target_link_libraries(fuzz_${name} PRIVATE ${F_USES} soundhub_options)
  target_include_directories(fuzz_${name} PRIVATE ${F_INCLUDES})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
