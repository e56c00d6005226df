# Quartz as its users take it in: installed into a scratch prefix, then found and linked from there.
set(consumer_prefix "${CMAKE_CURRENT_BINARY_DIR}/consumer/prefix")
add_test(NAME consumer.install COMMAND "${CMAKE_COMMAND}" --install "${PROJECT_BINARY_DIR}" --prefix
                                       "${consumer_prefix}")
set_tests_properties(consumer.install PROPERTIES FIXTURES_SETUP installed LABELS consumer)

set(consumer_kinds static shared pkgconfig subdirectory)
find_program(QUARTZ_DPKG_DEB dpkg-deb)
find_program(QUARTZ_DPKG_SHLIBDEPS dpkg-shlibdeps)
find_program(QUARTZ_FILE file)
if(QUARTZ_DPKG_DEB AND QUARTZ_DPKG_SHLIBDEPS AND QUARTZ_FILE AND QUARTZ_TOOL AND QUARTZ_SERVER)
  list(APPEND consumer_kinds packages)
else()
  message(STATUS "without dpkg-dev, file, tool and server, packages are not tested")
endif()

foreach(kind IN LISTS consumer_kinds)
  add_test(
    NAME consumer.${kind}
    COMMAND
      "${CMAKE_COMMAND}" -D KIND=${kind} -D
      "SCRATCH=${CMAKE_CURRENT_BINARY_DIR}/consumer/${kind}" -D "PREFIX=${consumer_prefix}" -D
      "SOURCE=${PROJECT_SOURCE_DIR}" -D "BUILD=${PROJECT_BINARY_DIR}" -D "COMPILER=${CMAKE_CXX_COMPILER}" -D
      "C_COMPILER=${CMAKE_C_COMPILER}" -D
      "FLAGS=${CMAKE_CXX_FLAGS}" -D "CONFIG=${CMAKE_BUILD_TYPE}" -P
      "${PROJECT_SOURCE_DIR}/tests/consumer/run.cmake")
  set_tests_properties(consumer.${kind} PROPERTIES FIXTURES_REQUIRED installed LABELS consumer
                                                   TIMEOUT 300)
endforeach()

# What the shared libraries export, name by name. The name of a symbol depends on the compiler's
# library, and sanitizers export more.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  foreach(library IN ITEMS storage quartz server client embedded)
    set(with_asio OFF)
    if(library MATCHES "^(server|client|embedded)$")
      set(with_asio ON)
    endif()
    if(TARGET quartz_${library}_shared)
      add_test(
        NAME symbols.${library}
        COMMAND
          "${CMAKE_COMMAND}" -D "LIBRARY=$<TARGET_FILE:quartz_${library}_shared>" -D
          "LIST=${PROJECT_SOURCE_DIR}/tests/consumer/symbols/${library}.txt" -D "NM=${CMAKE_NM}" -D
          WITH_ASIO=${with_asio} -P
          "${PROJECT_SOURCE_DIR}/tests/consumer/symbols.cmake")
      set_tests_properties(symbols.${library} PROPERTIES LABELS consumer)
    endif()
  endforeach()
endif()
