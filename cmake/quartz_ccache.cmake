# Compile through ccache where it is installed and nobody has chosen another launcher.
find_program(QUARTZ_CCACHE ccache)
mark_as_advanced(QUARTZ_CCACHE)
if(QUARTZ_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${QUARTZ_CCACHE}")
endif()
