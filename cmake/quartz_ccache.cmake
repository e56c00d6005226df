# Compile through ccache where it is installed and nobody has chosen another launcher. Paths below
# the source folder are hashed relative to it, so that clones of the project share their results.
find_program(QUARTZ_CCACHE ccache)
mark_as_advanced(QUARTZ_CCACHE)
if(QUARTZ_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_NOHASHDIR=1
                                  "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" "${QUARTZ_CCACHE}")
endif()

# Units of several files include those by absolute paths, which __FILE__ in an assertion would put
# into the result. Without them clones share these as well.
set(QUARTZ_UNIT_FLAGS "-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")
if(CMAKE_UNITY_BUILD)
  add_compile_options(${QUARTZ_UNIT_FLAGS})
endif()
