# What `cmake --install` puts where: headers, both forms of each library, the tool, and what
# find_package() and pkg-config need to find them. `--component` installs a part: runtime is what
# programs run with, development what they are built with; tools and server are the programs.
include(CMakePackageConfigHelpers)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/quartz" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT development
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")

# All that is installed.
add_custom_target(quartz_products)

# A library into the export set of its kind.
function(quartz_install_library target kind)
  add_dependencies(quartz_products ${target})
  install(
    TARGETS ${target}
    EXPORT quartz_${kind}_targets
    LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
    ARCHIVE COMPONENT development)
endfunction()

# Two export sets: an application of the shared library needs none of the packages that the archive
# has to be linked with.
foreach(kind IN ITEMS static shared)
  quartz_install_library(quartz_storage_${kind} ${kind})
  quartz_install_library(quartz_quartz_${kind} ${kind})
  # The server as a shared library alone: an archive of it would make TLS and the rest a need of
  # everybody who links an archive of the engine.
  if(QUARTZ_SERVER AND kind STREQUAL "shared")
    quartz_install_library(quartz_server_shared shared)
  endif()
  # So is the client, which applications compile against with the headers of Boost.
  if(QUARTZ_CLIENT AND kind STREQUAL "shared")
    quartz_install_library(quartz_client_shared shared)
  endif()
  if(QUARTZ_CLIENT AND QUARTZ_SERVER AND kind STREQUAL "shared")
    quartz_install_library(quartz_embedded_shared shared)
  endif()
  install(
    EXPORT quartz_${kind}_targets
    NAMESPACE quartz::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/quartz
    COMPONENT development)
endforeach()

# What src/cli/reference has made for a program, where Debian looks for it.
function(quartz_install_reference program section component)
  set(share "${PROJECT_BINARY_DIR}/share")
  set(to "${CMAKE_INSTALL_DATADIR}")
  install(FILES "${share}/man/man${section}/${program}.${section}.gz"
          DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}" COMPONENT ${component})
  foreach(file IN ITEMS bash-completion/completions/${program} zsh/vendor-completions/_${program}
                        fish/vendor_completions.d/${program}.fish)
    cmake_path(GET file PARENT_PATH directory)
    install(FILES "${share}/${file}" DESTINATION "${to}/${directory}" COMPONENT ${component})
  endforeach()
endfunction()

if(QUARTZ_TOOL)
  add_dependencies(quartz_products quartz)
  install(TARGETS quartz COMPONENT tools)
  # What its demonstration searches.
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/examples/data/"
          DESTINATION "${CMAKE_INSTALL_DATADIR}/quartz" COMPONENT tools)
  # Its manual page, and what shells complete its verbs by.
  add_dependencies(quartz_products quartz_reference_files)
  quartz_install_reference(quartz 1 tools)
endif()

if(QUARTZ_SERVER)
  add_dependencies(quartz_products quartz-server)
  install(TARGETS quartz-server COMPONENT server)
  install(FILES "${PROJECT_SOURCE_DIR}/packaging/quartz-server.service"
          DESTINATION lib/systemd/system COMPONENT server)
  if(QUARTZ_TOOL AND QUARTZ_CLIENT)
    quartz_install_reference(quartz-server 8 server)
  endif()
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
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/quartz COMPONENT development)

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
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endforeach()

if(PROJECT_IS_TOP_LEVEL)
  include(quartz_packages)
endif()
