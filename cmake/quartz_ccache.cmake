# Compile through ccache where it is installed and nobody has chosen another launcher. Paths below
# the source folder are hashed relative to it, so that clones of the project share their results.
find_program(QUARTZ_CCACHE ccache)
mark_as_advanced(QUARTZ_CCACHE)
if(QUARTZ_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_NOHASHDIR=1
                                  "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" "${QUARTZ_CCACHE}")
endif()
