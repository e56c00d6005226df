# What `cpack -G DEB` makes of the installed parts: one Debian package each, which needs those of the
# libraries that its files are linked with.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME quartz)
set(CPACK_PACKAGE_VENDOR "The Quartz contributors")
set(CPACK_PACKAGE_CONTACT "The Quartz contributors <maintainers@quartz.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Its own libraries are found where they were built.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}/src")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")

set(runtime_package libquartz${QUARTZ_SOVERSION})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME ${runtime_package})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
    "Embedded storage with vector search, the shared libraries\n The key-value store, its index of vectors, the server and the client,\n for the programs that are linked with them.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libquartz-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
# Nothing in it is linked with anything; programs that link the archives need what these need.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "${runtime_package} (= ${PROJECT_VERSION}), librocksdb-dev, libspdlog-dev, libfmt-dev, libroaring-dev, libboost1.81-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
    "Embedded storage with vector search, to build programs with\n Headers, archives, and what CMake and pkg-config find them by.")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME quartz-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION database)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION
    "Embedded storage with vector search, the command line\n The program quartz looks into databases, verifies, salvages and backs them up.")

set(CPACK_DEBIAN_SERVER_PACKAGE_NAME quartz-server)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION database)
set(CPACK_COMPONENT_SERVER_DESCRIPTION
    "Embedded storage with vector search, the server\n The program quartz-server speaks HTTP and the protocol of Redis.")

set(CPACK_COMPONENTS_ALL runtime development)
if(QUARTZ_TOOL)
  list(APPEND CPACK_COMPONENTS_ALL tools)
endif()
if(QUARTZ_SERVER)
  list(APPEND CPACK_COMPONENTS_ALL server)
endif()
include(CPack)
