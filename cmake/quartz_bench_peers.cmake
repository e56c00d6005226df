# The engines that benchmarks measure, each in a program of its own. Included by benchmarks and by
# tests, in any order. Quartz is always there, every other engine if it is found.
#
# -DQUARTZ_BENCH_<ENGINE>_ROOT=<prefix> takes an engine (ROCKSDB, LEVELDB, LMDB, WIREDTIGER, SQLITE,
# TKRZW) from there instead of the system's folders, and -DQUARTZ_BENCH_<ENGINE>_LINK="z;zstd" adds
# what an archive of it has to be linked with.
#
# Defines quartz_bench_add_measurer and quartz_bench_add_peer_tests, below, and the global property
# quartz_bench_engines: the names of the engines that were found, Quartz first.
include_guard(GLOBAL)

# Names of what a library defines and needs, as `nm` prints them.
function(quartz_bench_read_symbols library symbols_out)
  set(which -D)
  if(library MATCHES "\\.a$")
    set(which "")
  endif()
  execute_process(COMMAND "${CMAKE_NM}" ${which} "${library}"
                  OUTPUT_VARIABLE symbols ERROR_QUIET RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(WARNING "${library}: ${CMAKE_NM} cannot say whether it was built with assertions")
  endif()
  set(${symbols_out} "${symbols}" PARENT_SCOPE)
endfunction()

# The driver of an engine as object library quartz_bench_<engine>_peer. `library` is the file that
# decides how fast the engine is; the targets behind it are linked.
function(quartz_bench_add_peer engine library)
  quartz_bench_read_symbols("${library}" symbols)
  set(remark "")
  if(symbols MATCHES "U __assert_fail")
    set(remark "built with assertions")
  endif()
  set(target quartz_bench_${engine}_peer)
  add_library(${target} OBJECT "${PROJECT_SOURCE_DIR}/bench/peers/${engine}_peer.cpp"
                               "${PROJECT_SOURCE_DIR}/bench/peers/peer.cpp"
                               "${PROJECT_SOURCE_DIR}/bench/measure/require.cpp")
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_definitions(${target} PRIVATE "QUARTZ_BENCH_BUILD_REMARK=\"${remark}\"")
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PUBLIC ${ARGN} Threads::Threads)
  # LevelDB's own build leaves out what a class derived from one of its classes refers to.
  if(engine STREQUAL "leveldb" AND NOT symbols MATCHES "_ZTIN7leveldb10EnvWrapperE")
    target_compile_options(${target} PRIVATE -fno-rtti)
  endif()
  set_property(GLOBAL APPEND PROPERTY quartz_bench_engines ${engine})
  if(remark)
    set(remark ", ${remark}")
  endif()
  message(STATUS "Benchmarks: ${engine} with ${library}${remark}")
endfunction()

# Looks for an engine by a header and the name of a library, and adds it.
function(quartz_bench_find_peer engine header name)
  string(TOUPPER ${engine} upper)
  set(QUARTZ_BENCH_${upper}_ROOT "" CACHE PATH "Prefix of the ${engine} that benchmarks measure")
  set(QUARTZ_BENCH_${upper}_LINK "" CACHE STRING "What ${engine} needs besides, as an archive")
  set(root "${QUARTZ_BENCH_${upper}_ROOT}")
  set(places "")
  if(root)
    set(places PATHS "${root}" NO_DEFAULT_PATH)
  endif()
  find_path(headers "${header}" ${places} PATH_SUFFIXES include NO_CACHE)
  find_library(library NAMES ${name} ${places} PATH_SUFFIXES lib lib64 NO_CACHE)
  if(NOT headers OR NOT library)
    if(root)
      message(FATAL_ERROR "QUARTZ_BENCH_${upper}_ROOT=${root}: no ${header} or no library ${name}")
    endif()
    message(STATUS "Benchmarks: ${engine} not found: left out")
    return()
  endif()
  set(target quartz_bench_${engine}_library)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE "${headers}")
  target_link_libraries(${target} INTERFACE "${library}" ${QUARTZ_BENCH_${upper}_LINK}
                                            ${CMAKE_DL_LIBS})
  quartz_bench_add_peer(${engine} "${library}" ${target})
endfunction()

get_target_property(quartz_bench_levels RocksDB::rocksdb-shared LOCATION)
quartz_bench_add_peer(quartz "${quartz_bench_levels}" quartz_storage_static RocksDB::rocksdb-shared
                      spdlog::spdlog fmt::fmt)
quartz_bench_find_peer(rocksdb rocksdb/db.h rocksdb)
quartz_bench_find_peer(leveldb leveldb/db.h leveldb)
quartz_bench_find_peer(lmdb lmdb.h lmdb)
quartz_bench_find_peer(wiredtiger wiredtiger.h wiredtiger)
quartz_bench_find_peer(sqlite sqlite3.h sqlite3)
quartz_bench_find_peer(tkrzw tkrzw_dbm_tree.h tkrzw)

# quartz_bench_add_measurer(<engine> [LIBRARIES <target>...])
#
# The program quartz_bench_<engine>: main, the engine's driver, and the LIBRARIES, which define
# measure_main of bench/workload/measure_main.hpp. None of them may bring RocksDB, as
# quartz_storage_static does: the program that measures RocksDB has its own.
function(quartz_bench_add_measurer engine)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  set(target quartz_bench_${engine})
  add_executable(${target} "${PROJECT_SOURCE_DIR}/bench/peers/measurer.cpp")
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(${target} PRIVATE quartz_bench_${engine}_peer ${arg_LIBRARIES})
endfunction()

# quartz_bench_add_peer_tests()
#
# The contract test of drivers as quartz_<engine>_peer_test, for every engine. Needs
# quartz_testing.cmake.
function(quartz_bench_add_peer_tests)
  get_property(engines GLOBAL PROPERTY quartz_bench_engines)
  foreach(engine IN LISTS engines)
    quartz_add_test_folder(
      ${engine}_peer
      LABEL bench
      SOURCES "${PROJECT_SOURCE_DIR}/tests/bench/peer_test.cpp"
              "${PROJECT_SOURCE_DIR}/tests/support/scratch_directory.cpp"
      LIBRARIES quartz_bench_${engine}_peer)
  endforeach()
endfunction()
