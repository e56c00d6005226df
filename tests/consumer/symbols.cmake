# cmake -D LIBRARY=<shared library> -D LIST=<file> -D NM=<nm> -D WITH_ASIO=<0 or 1> -P symbols.cmake
#
# What a shared library exports is what LIST says, so that nothing comes into the binary interface, or
# leaves it, unseen. With QUARTZ_UPDATE_SYMBOLS in the environment LIST is written anew. Weak symbols
# are left out: which inline functions have a copy is the compiler's choice. They must
# be Quartz's own all the same, or with WITH_ASIO those that a program shares with the library.
cmake_policy(VERSION 3.25)
execute_process(
  COMMAND "${NM}" --dynamic --defined-only --demangle --format=posix "${LIBRARY}"
  OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE ";" "\\;" output "${output}")
string(REGEX REPLACE "\n$" "" output "${output}")
string(REPLACE "\n" ";" lines "${output}")
set(symbols)
foreach(line IN LISTS lines)
  # "name type value [size]": without its value, a size of one digit would pass for a type.
  string(REGEX MATCH "^(.*) ([A-Za-z]) [0-9a-f]+( [0-9a-f]*)?$" _ "${line}")
  set(name "${CMAKE_MATCH_1}")
  set(type "${CMAKE_MATCH_2}")
  if(WITH_ASIO AND (type MATCHES "[VWu]" OR name MATCHES "^(guard variable for )?boost::(asio|system)::"))
    continue()
  endif()
  if(NOT name MATCHES "^((typeinfo|typeinfo name|vtable|VTT|guard variable|non-virtual thunk) (for|to) )?(.* )?quartz(::|_)")
    message(FATAL_ERROR "${LIBRARY} exports what is not Quartz's: ${name}")
  endif()
  if(NOT type MATCHES "[VWu]")
    list(APPEND symbols "${name}")
  endif()
endforeach()
list(SORT symbols)
list(REMOVE_DUPLICATES symbols) # Constructors come in several kinds of one name.
list(JOIN symbols "\n" text)
string(APPEND text "\n")
if(DEFINED ENV{QUARTZ_UPDATE_SYMBOLS})
  file(WRITE "${LIST}" "${text}")
  return()
endif()
file(READ "${LIST}" known)
if(text STREQUAL known)
  return()
endif()
string(REGEX REPLACE "\n$" "" known "${known}")
string(REPLACE "\n" ";" known "${known}")
set(added ${symbols})
list(REMOVE_ITEM added ${known})
set(gone ${known})
list(REMOVE_ITEM gone ${symbols})
list(JOIN added "\n  + " added)
list(JOIN gone "\n  - " gone)
message(FATAL_ERROR "${LIBRARY} does not export what ${LIST} says:\n  + ${added}\n  - ${gone}\n"
                    "If that is meant, run this test with QUARTZ_UPDATE_SYMBOLS=1 and see the difference.")
