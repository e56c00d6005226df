# cmake -D KIND=<how> -D SCRATCH=<directory> -D PREFIX=<directory> -D SOURCE=<Quartz's sources>
#       -D BUILD=<Quartz's build> -D COMPILER=<compiler> -D C_COMPILER=<compiler> -D FLAGS=<flags> -D CONFIG=<build type> -P run.cmake
#
# KIND is static or shared (find_package against PREFIX, build, run), pkgconfig (the same without
# CMake), packages (against what the Debian packages unpack, and the project of the quick start with it), or
# subdirectory (Quartz as a part of the consumer; configured only, since its objects are those of the
# surrounding build).
cmake_policy(VERSION 3.25)
set(consumer "${CMAKE_CURRENT_LIST_DIR}")
file(REMOVE_RECURSE "${SCRATCH}")
file(MAKE_DIRECTORY "${SCRATCH}")

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${SCRATCH}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

if(KIND STREQUAL "pkgconfig")
  set(ENV{PKG_CONFIG_PATH} "${PREFIX}/lib/pkgconfig:${PREFIX}/lib64/pkgconfig")
  execute_process(
    COMMAND pkg-config --cflags --libs quartz
    OUTPUT_VARIABLE arguments
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(arguments UNIX_COMMAND "${arguments}")
  execute_process(
    COMMAND pkg-config --modversion quartz
    OUTPUT_VARIABLE version
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(FLAGS UNIX_COMMAND "${FLAGS}")
  run("${COMPILER}" -std=c++20 ${FLAGS} "-DQUARTZ_FOUND_VERSION=\"${version}\"" "${consumer}/main.cpp" ${arguments}
      "-Wl,-rpath,${PREFIX}/lib" -o consumer)
  run("${SCRATCH}/consumer")
  # C by its own compiler, as a program that knows nothing of C++.
  run("${C_COMPILER}" -std=c11 -Wall -Wextra -Wpedantic -Werror "${consumer}/main.c" ${arguments}
      "-Wl,-rpath,${PREFIX}/lib" -o c_consumer)
  run("${CMAKE_COMMAND}" -E rm -rf data)
  run("${SCRATCH}/c_consumer")
  return()
endif()

if(KIND STREQUAL "packages")
  run(cpack -G DEB --config "${BUILD}/CPackConfig.cmake" -B "${SCRATCH}/made")
  include("${CMAKE_CURRENT_LIST_DIR}/packages.cmake")
  unpack_packages("${SCRATCH}/made" "${SCRATCH}/unpacked")
  set(PREFIX "${SCRATCH}/unpacked/usr")
  set(KIND shared)
  include("${CMAKE_CURRENT_LIST_DIR}/documented_project.cmake")
  build_documented_project("${SOURCE}/docs/guide/quick_start.md" "${SCRATCH}/project" "${PREFIX}")
endif()

set(configure
    "${CMAKE_COMMAND}" -G Ninja -S "${consumer}" -B "${SCRATCH}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DCMAKE_BUILD_TYPE=${CONFIG}")
if(KIND STREQUAL "subdirectory")
  run(${configure} "-DQUARTZ_SOURCE=${SOURCE}")
else()
  run(${configure} "-DCMAKE_PREFIX_PATH=${PREFIX}" "-DQUARTZ_KIND=${KIND}")
  run("${CMAKE_COMMAND}" --build "${SCRATCH}")
  foreach(library IN ITEMS storage quartz)
    run("${CMAKE_COMMAND}" -E rm -rf data)
    run("${SCRATCH}/${library}_consumer")
  endforeach()
endif()
