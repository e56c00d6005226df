# The project of the quick start, as a reader of it makes it.
include_guard()

# The next block of `text` that is a file of the project; `text` goes on behind it.
function(next_file text_variable file)
  string(FIND "${${text_variable}}" "<!-- snippet: project -->\n```" start)
  if(start EQUAL -1)
    message(FATAL_ERROR "the document shows no ${file}")
  endif()
  string(SUBSTRING "${${text_variable}}" ${start} -1 text)
  string(REGEX REPLACE "^[^\n]*\n```[a-z]+\n" "" text "${text}")
  string(FIND "${text}" "\n```" end)
  string(SUBSTRING "${text}" 0 ${end} content)
  file(WRITE "${file}" "${content}\n")
  string(SUBSTRING "${text}" ${end} -1 text)
  set(${text_variable} "${text}" PARENT_SCOPE)
endfunction()

# Builds it against the installed Quartz and runs both of its programs, the client beside the server of
# the same packages.
function(build_documented_project document directory prefix)
  file(READ "${document}" text)
  next_file(text "${directory}/CMakeLists.txt")
  next_file(text "${directory}/first.cpp")
  next_file(text "${directory}/first_client.cpp")
  run("${CMAKE_COMMAND}" -G Ninja -S "${directory}" -B "${directory}/build" "-DCMAKE_CXX_COMPILER=${COMPILER}"
      "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DCMAKE_PREFIX_PATH=${prefix}")
  run("${CMAKE_COMMAND}" --build "${directory}/build")
  execute_process(
    COMMAND "${directory}/build/first"
    WORKING_DIRECTORY "${directory}"
    OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
  expect("first says: ${said}" said STREQUAL "Alice\ndoc:1\n")
  execute_process(
    COMMAND sh "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/ask_server.sh" "${prefix}/bin/quartz-server"
            "${directory}/build/first_client"
    WORKING_DIRECTORY "${directory}"
    OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
  expect("first_client says: ${said}" said STREQUAL "hello\n")
endfunction()
