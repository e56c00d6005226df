# Every public header compiles on its own, twice in a row, and in more than one source file of a
# program. The sources are generated; building them is the test.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include"
     "${PROJECT_SOURCE_DIR}/include/*.hpp")
set(sources)
foreach(header IN LISTS headers)
  string(MAKE_C_IDENTIFIER "${header}" name)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "#include <${header}>\n#include <${header}>\n" @ONLY)
  list(APPEND sources "${source}")
endforeach()
set(source "${CMAKE_CURRENT_BINARY_DIR}/headers/main.cpp")
file(CONFIGURE OUTPUT "${source}" CONTENT "#include <quartz/quartz.hpp>\nint main() {}\n" @ONLY)

add_executable(quartz_headers_test ${sources} "${source}")
set_target_properties(quartz_headers_test PROPERTIES CXX_EXTENSIONS OFF)
target_link_libraries(quartz_headers_test PRIVATE quartz_storage_static Boost::headers)
add_test(NAME headers.each_compiles_alone_and_all_link_together COMMAND quartz_headers_test)
set_tests_properties(headers.each_compiles_alone_and_all_link_together PROPERTIES LABELS headers)

# The headers of the C interface, each on its own, in C as it is written: building them is the test.
file(GLOB c_headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include"
     "${PROJECT_SOURCE_DIR}/include/quartz/*.h" "${PROJECT_SOURCE_DIR}/include/quartz/c/*.h")
set(sources)
foreach(header IN LISTS c_headers)
  string(MAKE_C_IDENTIFIER "${header}" name)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.c")
  file(CONFIGURE OUTPUT "${source}" CONTENT "#include <${header}>\n#include <${header}>\n" @ONLY)
  list(APPEND sources "${source}")
endforeach()
add_library(quartz_c_headers OBJECT ${sources})
set_target_properties(quartz_c_headers PROPERTIES C_STANDARD 11 C_EXTENSIONS OFF)
target_include_directories(quartz_c_headers PRIVATE "${PROJECT_SOURCE_DIR}/include")
target_compile_options(quartz_c_headers PRIVATE -Wall -Wextra -Wpedantic -Wstrict-prototypes -Werror)
