# What the benchmark of clients measures beside Quartz's. Included by bench/CMakeLists.txt.
#
# -DQUARTZ_BENCH_HIREDIS_ROOT=<prefix> takes hiredis from there instead of the system's folders.
#
# Defines quartz_bench_add_client_peers(<target>), which adds all that is there to a library.
include_guard(GLOBAL)

set(QUARTZ_BENCH_HIREDIS_ROOT "" CACHE PATH "Prefix of the hiredis that benchmarks measure")

function(quartz_bench_add_client_peers target)
  set(places "")
  if(QUARTZ_BENCH_HIREDIS_ROOT)
    set(places PATHS "${QUARTZ_BENCH_HIREDIS_ROOT}" NO_DEFAULT_PATH)
  endif()
  find_path(headers hiredis/hiredis.h ${places} PATH_SUFFIXES include NO_CACHE)
  find_library(library NAMES hiredis ${places} PATH_SUFFIXES lib lib64 NO_CACHE)
  if(NOT headers OR NOT library)
    if(QUARTZ_BENCH_HIREDIS_ROOT)
      message(FATAL_ERROR "QUARTZ_BENCH_HIREDIS_ROOT=${QUARTZ_BENCH_HIREDIS_ROOT}: no hiredis")
    endif()
    message(STATUS "Benchmarks: hiredis not found (libhiredis-dev): left out")
    return()
  endif()
  target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/bench/client/hiredis_kinds.cpp")
  target_include_directories(${target} SYSTEM PRIVATE "${headers}")
  target_link_libraries(${target} PRIVATE "${library}")
  target_compile_definitions(${target} PRIVATE QUARTZ_BENCH_HIREDIS)
  message(STATUS "Benchmarks: hiredis with ${library}")
endfunction()
