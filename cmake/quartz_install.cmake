# What `cmake --install` puts where: headers, both forms of each library, the tool, and what
# find_package() and pkg-config need to find them.
include(CMakePackageConfigHelpers)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/quartz" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp")

# Two export sets: an application of the shared library needs none of the packages that the archive
# has to be linked with.
foreach(kind IN ITEMS static shared)
  install(TARGETS quartz_storage_${kind} quartz_quartz_${kind} EXPORT quartz_${kind}_targets)
  # The server as a shared library alone: an archive of it would make TLS and the rest a need of
  # everybody who links an archive of the engine.
  if(QUARTZ_SERVER AND kind STREQUAL "shared")
    install(TARGETS quartz_server_shared EXPORT quartz_shared_targets)
  endif()
  # So is the client, which applications compile against with the headers of Boost.
  if(QUARTZ_CLIENT AND kind STREQUAL "shared")
    install(TARGETS quartz_client_shared EXPORT quartz_shared_targets)
  endif()
  if(QUARTZ_CLIENT AND QUARTZ_SERVER AND kind STREQUAL "shared")
    install(TARGETS quartz_embedded_shared EXPORT quartz_shared_targets)
  endif()
  install(
    EXPORT quartz_${kind}_targets
    NAMESPACE quartz::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/quartz)
endforeach()

if(QUARTZ_TOOL)
  install(TARGETS quartz)
  # What its demonstration searches.
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/examples/data/"
          DESTINATION "${CMAKE_INSTALL_DATADIR}/quartz")
endif()

if(QUARTZ_SERVER)
  install(TARGETS quartz-server)
  install(FILES "${PROJECT_SOURCE_DIR}/packaging/quartz-server.service"
          DESTINATION "${CMAKE_INSTALL_DATADIR}/quartz")
endif()

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/quartzConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/quartzConfig.cmake"
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/quartz
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/quartzConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/quartzConfig.cmake"
              "${PROJECT_BINARY_DIR}/quartzConfigVersion.cmake"
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/quartz)

# One file for each library. The paths in it follow the prefix of `cmake --install --prefix`,
# because they are relative to where the file lies.
# CRoaring comes without such a file, so that an archive's need of it is written out.
file(RELATIVE_PATH pc_prefix "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
foreach(library IN ITEMS quartz quartz_storage)
  set(pc_library ${library})
  set(pc_private_libraries)
  if(library STREQUAL "quartz")
    set(pc_private_libraries -lroaring)
  endif()
  configure_file("${PROJECT_SOURCE_DIR}/cmake/quartz.pc.in" "${PROJECT_BINARY_DIR}/${library}.pc"
                 @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${library}.pc"
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
