# What each part needs, looked up once. The library itself: RocksDB, fmt, spdlog, CRoaring
# (sets of points) and threads.
find_package(Threads REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(roaring REQUIRED)

if(QUARTZ_TOOL OR QUARTZ_SERVER OR QUARTZ_BENCH OR QUARTZ_TESTS)
  find_package(CLI11 REQUIRED)
  find_package(Boost 1.81 REQUIRED COMPONENTS json)
endif()
if(QUARTZ_TOOL)
  find_package(PNG REQUIRED)
endif()
if(QUARTZ_SERVER)
  # Boost's headers are those of Asio and Beast. zstd comes without a package file for CMake.
  find_package(Boost 1.81 REQUIRED)
  find_package(OpenSSL 3 REQUIRED)
  find_package(ZLIB REQUIRED)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(QUARTZ_ZSTD REQUIRED IMPORTED_TARGET libzstd)
  find_path(QUARTZ_TOMLPLUSPLUS_INCLUDE_DIRECTORY toml++/toml.h REQUIRED
            DOC "Where toml++ is, which quartz-server reads its file with")
  mark_as_advanced(QUARTZ_TOMLPLUSPLUS_INCLUDE_DIRECTORY)
endif()
if(QUARTZ_TESTS)
  find_package(GTest REQUIRED)
  # Headers alone: Boost.Asio for the asynchronous forms, which only tests and examples include.
  find_package(Boost 1.81 REQUIRED)
endif()
if(QUARTZ_BENCH)
  find_package(benchmark REQUIRED)
endif()
