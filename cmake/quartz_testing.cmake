# How tests are declared.
include(GoogleTest)

# Presets set it. Under sanitizers, optimising the tests themselves takes more time than it saves.
set(QUARTZ_TEST_FLAGS "" CACHE STRING "Compiler flags for tests, behind all others")
separate_arguments(QUARTZ_TEST_FLAGS)

# For whoever builds once: units of several files compile in a third of the time, and a change of one
# file compiles its neighbours, too.
option(QUARTZ_UNITY_TESTS "Whether to compile 16 files of tests as one unit" OFF)

# To start a program takes a sanitizer longer than most cases run.
option(QUARTZ_SHARDED_TESTS "Whether cases that need none of their own share 16 processes" OFF)

# Presets set it: what a sanitizer has nothing to find in, or takes too long for.
set(QUARTZ_CASES_LEFT_OUT "" CACHE STRING "Cases that are not run, as GoogleTest's filter writes them")

# quartz_add_test_folder(<folder> [SHARED_PROCESS [ALONE <filter>]] [LABEL <label>] [TIMEOUT <seconds>]
#                        [SOURCES <file>...] [LIBRARIES <target>...])
#
# The sources, or else every .cpp of tests/<folder>, in one GoogleTest executable, quartz_<folder>_test. It is linked with
# the archives, where hidden symbols can be reached, and each case runs in a process of its own. With
# QUARTZ_SHARDED_TESTS those of a SHARED_PROCESS do not, unless they are ALONE: what forks, mounts, or must not be
# beside threads that others have left.
function(quartz_add_test_folder folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SHARED_PROCESS" "ALONE;LABEL;TIMEOUT" "SOURCES;LIBRARIES")
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${folder}/*.cpp")
  endif()
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set(target quartz_${folder}_test)
  set(scratch "${CMAKE_CURRENT_BINARY_DIR}/scratch/${folder}")
  file(MAKE_DIRECTORY "${scratch}")
  add_executable(${target} ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_compile_options(${target} PRIVATE ${QUARTZ_TEST_FLAGS})
  if(QUARTZ_UNITY_TESTS AND NOT CMAKE_UNITY_BUILD)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
    # Of one file's names by another's; and what GCC says of types that it takes for a header's.
    target_compile_options(${target} PRIVATE ${QUARTZ_UNIT_FLAGS} -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src"
                                               "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} GTest::gmock_main)
  set(own "*") # Cases in processes of their own.
  if(QUARTZ_SHARDED_TESTS AND arg_SHARED_PROCESS)
    set(own "${arg_ALONE}")
    foreach(index RANGE 15)
      add_test(
        NAME ${folder}.shard_${index}
        COMMAND ${target} "--gtest_filter=*-${QUARTZ_CASES_LEFT_OUT}:${arg_ALONE}"
        WORKING_DIRECTORY "${scratch}")
      set_tests_properties(
        ${folder}.shard_${index}
        PROPERTIES ENVIRONMENT "GTEST_TOTAL_SHARDS=16;GTEST_SHARD_INDEX=${index}"
                   LABELS "${arg_LABEL}" TIMEOUT 1200)
    endforeach()
  endif()
  if(own)
    gtest_discover_tests(
      ${target}
      TEST_FILTER "${own}-${QUARTZ_CASES_LEFT_OUT}"
      WORKING_DIRECTORY "${scratch}"
      DISCOVERY_MODE PRE_TEST
      DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS "${arg_LABEL}" TIMEOUT ${arg_TIMEOUT})
  endif()
endfunction()

# quartz_add_scratch_test(<name> <target> [LABEL <label>])
#
# Runs an executable in an empty directory of its own; it passes when it exits with zero.
function(quartz_add_scratch_test name target)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "LABEL" "")
  set(scratch "${CMAKE_CURRENT_BINARY_DIR}/scratch/${name}")
  add_test(
    NAME ${name}
    COMMAND "${CMAKE_COMMAND}" -D "PROGRAM=$<TARGET_FILE:${target}>" -D "SCRATCH=${scratch}" -P
            "${PROJECT_SOURCE_DIR}/cmake/run_in_scratch.cmake")
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABEL}" TIMEOUT 120)
endfunction()
