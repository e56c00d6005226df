# Compiles and runs the C++ of the documents.
#
# quartz_add_snippets(<markdown file>...) makes a program and a test of every fenced block that
# begins with ```cpp. A block that includes something is a program as it stands. Any other is the
# body of a main() that has the usual headers. An HTML comment on the line above the fence changes that:
#   <!-- snippet: engine -->        the body begins with an open StorageEngine named `engine`
#   <!-- snippet: client -->        the body begins with a Client named `client` of a database of its own, may
#                                   include something first, and is left out if there is no client to build
#   <!-- snippet: continues -->     the body goes on where the block before it ended
#   <!-- snippet: illustration -->  not a program: declarations, or what cannot be run
#   <!-- snippet: project -->       a file of a user's project, which tests/consumer builds
# Each program runs in an empty directory of its own.

set(snippet_prologue [=[
#include <quartz/quartz.hpp>

#include <cassert>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

int main() {
]=])
set(snippet_engine "auto engine = quartz::StorageEngine::open(\"data\").value();\n")

# Names of the body may be those of the prologue again.
set(snippet_client_prologue [=[
#include <chrono>
#include <iostream>
#include <string>
#include <variant>

#include <quartz/client/commands/hashes.hpp>
#include <quartz/client/commands/lists.hpp>
#include <quartz/embedded/open_client.hpp>

int main() {
quartz::ClientConfig config;
config.endpoints = {"file:database_of_snippet"};
quartz::Client client = quartz::open_client(config).value();
{
]=])

# The same as below, of a body that has a client.
function(quartz_make_client_snippet body program_out)
  string(REGEX REPLACE "^(#include[^\n]*\n)+" "" statements "${body}")
  string(LENGTH "${body}" length)
  string(LENGTH "${statements}" statements_length)
  math(EXPR includes_length "${length} - ${statements_length}")
  string(SUBSTRING "${body}" 0 ${includes_length} includes)
  set(${program_out} "${includes}${snippet_client_prologue}${statements}}\n}\n" PARENT_SCOPE)
endfunction()

# One block of a document, as the program that it stands for.
function(quartz_add_snippet name directive body previous_body body_out)
  set(libraries quartz::quartz_shared)
  if(directive STREQUAL "client")
    if(NOT TARGET quartz_embedded_shared)
      return()
    endif()
    set(libraries quartz_embedded_shared)
    quartz_make_client_snippet("${body}" program)
  elseif(directive STREQUAL "continues")
    set(body "${previous_body}\n${body}")
  elseif(directive STREQUAL "engine")
    set(body "${snippet_engine}${body}")
  elseif(directive)
    message(FATAL_ERROR "${name}: no snippet directive is called '${directive}'")
  endif()
  set(${body_out} "${body}" PARENT_SCOPE)
  if(directive STREQUAL "client")
    # Made above.
  elseif(body MATCHES "^#include")
    set(program "${body}")
  else()
    set(program "${snippet_prologue}${body}}\n")
  endif()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/snippets/${name}.cpp")
  file(GENERATE OUTPUT "${source}" CONTENT "${program}")
  set(target quartz_snippet_${name})
  add_executable(${target} "${source}")
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  # A document may name a value only to show where it comes from.
  target_compile_options(${target} PRIVATE -Wno-unused-variable -Wno-unused-but-set-variable)
  if(directive STREQUAL "client")
    target_compile_options(${target} PRIVATE -Wno-shadow)
  endif()
  target_link_libraries(${target} PRIVATE ${libraries} fmt::fmt Boost::headers)
  quartz_add_scratch_test(snippet.${name} ${target} LABEL snippet)
endfunction()

function(quartz_add_snippets)
  foreach(document IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${document}")
    cmake_path(GET document STEM stem)
    file(READ "${document}" text)
    # CMake's lists end at semicolons and nest in brackets, so the text is only ever cut, not listed.
    set(number 0)
    set(previous "")
    while(TRUE)
      string(FIND "${text}" "\n```cpp\n" fence)
      if(fence EQUAL -1)
        break()
      endif()
      string(SUBSTRING "${text}" 0 ${fence} before)
      math(EXPR start "${fence} + 8")
      string(SUBSTRING "${text}" ${start} -1 text)
      string(FIND "${text}" "```" end)
      string(SUBSTRING "${text}" 0 ${end} body)
      math(EXPR end "${end} + 3")
      string(SUBSTRING "${text}" ${end} -1 text)
      math(EXPR number "${number} + 1")
      set(directive "")
      if(before MATCHES "<!-- snippet: ([a-z]+) -->\n?$")
        set(directive "${CMAKE_MATCH_1}")
      endif()
      if(NOT directive MATCHES "^(illustration|project)$")
        quartz_add_snippet("${stem}_${number}" "${directive}" "${body}" "${previous}" previous)
      endif()
    endwhile()
  endforeach()
endfunction()
