# What the benchmark of vectors measures beside Quartz. Included by bench/CMakeLists.txt.
#
# -DQUARTZ_BENCH_HNSWLIB_ROOT=<prefix> and -DQUARTZ_BENCH_FAISS_ROOT=<prefix> take a library from
# there instead of the system's folders, and -DQUARTZ_BENCH_FAISS_LINK="a;b" replaces what Faiss has
# to be linked with besides OpenMP: a BLAS and a LAPACK.
#
# Defines quartz_bench_add_vector_peers(<target>), which adds all that is there to a library.
include_guard(GLOBAL)

set(QUARTZ_BENCH_HNSWLIB_ROOT "" CACHE PATH "Prefix of the hnswlib that benchmarks measure")
set(QUARTZ_BENCH_FAISS_ROOT "" CACHE PATH "Prefix of the Faiss that benchmarks measure")
set(QUARTZ_BENCH_FAISS_LINK "lapack;blas" CACHE STRING "What Faiss needs besides OpenMP")

# Sets <out> to the folder of a header below the user's root of a library, or the system's.
function(quartz_bench_find_header library header out)
  string(TOUPPER ${library} upper)
  set(root "${QUARTZ_BENCH_${upper}_ROOT}")
  if(root)
    find_path(headers "${header}" PATHS "${root}" NO_DEFAULT_PATH PATH_SUFFIXES include NO_CACHE)
    if(NOT headers)
      message(FATAL_ERROR "QUARTZ_BENCH_${upper}_ROOT=${root}: no ${header}")
    endif()
  else()
    find_path(headers "${header}" NO_CACHE)
  endif()
  set(${out} "${headers}" PARENT_SCOPE)
endfunction()

# It is headers alone, which do not tell their version: the package does.
function(quartz_bench_add_hnswlib target)
  quartz_bench_find_header(hnswlib hnswlib/hnswlib.h headers)
  if(NOT headers)
    message(STATUS "Benchmarks: hnswlib not found: left out")
    return()
  endif()
  set(version "")
  if(NOT QUARTZ_BENCH_HNSWLIB_ROOT)
    execute_process(COMMAND dpkg-query -W -f "\${source:Upstream-Version}" libhnswlib-dev
                    OUTPUT_VARIABLE version ERROR_QUIET)
  endif()
  set(source "${PROJECT_SOURCE_DIR}/bench/vector/hnswlib_peer.cpp")
  target_sources(${target} PRIVATE "${source}")
  # As its authors compile it; Quartz chooses its instructions as it runs, and has no such flag.
  set_source_files_properties(
    "${source}" PROPERTIES COMPILE_OPTIONS "-O3;-march=native"
                           COMPILE_DEFINITIONS "QUARTZ_BENCH_HNSWLIB_VERSION=\"${version}\"")
  target_include_directories(${target} SYSTEM PRIVATE "${headers}")
  target_compile_definitions(${target} PRIVATE QUARTZ_BENCH_HNSWLIB)
  message(STATUS "Benchmarks: hnswlib with ${headers}")
endfunction()

function(quartz_bench_add_faiss target)
  quartz_bench_find_header(faiss faiss/IndexHNSW.h headers)
  set(remark "as the distribution compiles it, for any processor of this kind")
  set(places "")
  if(QUARTZ_BENCH_FAISS_ROOT)
    set(remark "from a folder of its own")
    set(places PATHS "${QUARTZ_BENCH_FAISS_ROOT}" NO_DEFAULT_PATH)
  endif()
  find_library(library NAMES faiss ${places} PATH_SUFFIXES lib lib64 NO_CACHE)
  find_package(OpenMP QUIET COMPONENTS CXX)
  if(NOT headers OR NOT library OR NOT OpenMP_CXX_FOUND)
    message(STATUS "Benchmarks: faiss or OpenMP not found: left out")
    return()
  endif()
  set(source "${PROJECT_SOURCE_DIR}/bench/vector/faiss_peers.cpp")
  target_sources(${target} PRIVATE "${source}")
  set_source_files_properties(
    "${source}" PROPERTIES COMPILE_DEFINITIONS "QUARTZ_BENCH_FAISS_REMARK=\"${remark}\"")
  target_include_directories(${target} SYSTEM PRIVATE "${headers}")
  target_link_libraries(${target} PRIVATE "${library}" OpenMP::OpenMP_CXX
                                          ${QUARTZ_BENCH_FAISS_LINK})
  target_compile_definitions(${target} PRIVATE QUARTZ_BENCH_FAISS)
  message(STATUS "Benchmarks: faiss with ${library}")
endfunction()

function(quartz_bench_add_vector_peers target)
  quartz_bench_add_hnswlib(${target})
  quartz_bench_add_faiss(${target})
endfunction()
