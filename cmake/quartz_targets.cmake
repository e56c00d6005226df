# Targets of the libraries. Each folder of src/ is compiled once, into an object library; the
# libraries that users link are packings of those objects, each as an archive and as a shared object.

# quartz_add_folder(<name> SOURCES <file>... [LIBRARIES <target>...])
#
# The current folder of src/ as object library quartz_<name>_objects.
function(quartz_add_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  set(target quartz_${name}_objects)
  add_library(${target} OBJECT ${arg_SOURCES})
  set_target_properties(
    ${target}
    PROPERTIES POSITION_INDEPENDENT_CODE ON
               CXX_EXTENSIONS OFF
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON)
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/include"
                                               "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${target} PRIVATE Threads::Threads ${arg_LIBRARIES})
endfunction()

# quartz_add_library(<name> OUTPUT <file name> FOLDERS <name>... [LIBRARIES <target>...] [WITH_ASIO])
#
# Defines quartz::<name>_static and quartz::<name>_shared, and quartz::<name> as the one that
# BUILD_SHARED_LIBS asks for. LIBRARIES are needed to link and never to compile against Quartz.
# WITH_ASIO: the interface is Boost.Asio's, whose state the program and the library share.
function(quartz_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WITH_ASIO" "OUTPUT" "FOLDERS;LIBRARIES")
  list(TRANSFORM arg_FOLDERS REPLACE "(.+)" "$<TARGET_OBJECTS:quartz_\\1_objects>"
                                     OUTPUT_VARIABLE objects)
  foreach(kind IN ITEMS static shared)
    set(target quartz_${name}_${kind})
    string(TOUPPER ${kind} type)
    add_library(${target} ${type} ${objects})
    add_library(quartz::${name}_${kind} ALIAS ${target})
    set_target_properties(
      ${target}
      PROPERTIES OUTPUT_NAME ${arg_OUTPUT}
                 EXPORT_NAME ${name}_${kind}
                 LINKER_LANGUAGE CXX
                 VERSION ${PROJECT_VERSION}
                 SOVERSION ${QUARTZ_SOVERSION})
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_include_directories(
      ${target} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
                       "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
    target_link_libraries(${target} PRIVATE Threads::Threads ${arg_LIBRARIES})
  endforeach()
  # Sanitizers have to see the program's copies of inline functions, too.
  if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    set(exports "${PROJECT_SOURCE_DIR}/cmake/$<IF:$<BOOL:${arg_WITH_ASIO}>,exports_with_asio,exports>.map")
    target_link_options(quartz_${name}_shared PRIVATE "LINKER:--version-script=${exports}")
    set_target_properties(quartz_${name}_shared PROPERTIES LINK_DEPENDS "${exports}")
  endif()
  if(BUILD_SHARED_LIBS)
    add_library(quartz::${name} ALIAS quartz_${name}_shared)
  else()
    add_library(quartz::${name} ALIAS quartz_${name}_static)
  endif()
endfunction()
