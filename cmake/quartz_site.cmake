# The site of documents, as `./dev docs` builds it, and what builds it. Tests of what is not installed are
# left out, and said so.
find_program(QUARTZ_DOXYGEN doxygen)
find_program(QUARTZ_PYTHON3 python3)
mark_as_advanced(QUARTZ_DOXYGEN QUARTZ_PYTHON3)

set(site "${PROJECT_SOURCE_DIR}/docs/site")
set(site_tests docs.the_architecture_is_drawn_from_its_text)
add_test(NAME docs.the_architecture_is_drawn_from_its_text COMMAND "${site}/draw" --check)
if(QUARTZ_PYTHON3)
  add_test(NAME docs.pages_and_links_are_translated_for_the_site
           COMMAND "${QUARTZ_PYTHON3}" "${PROJECT_SOURCE_DIR}/tests/site/site_test.py")
  list(APPEND site_tests docs.pages_and_links_are_translated_for_the_site)
else()
  message(STATUS "SKIPPED: python3 is not installed; the site of documents is not built by tests")
endif()
if(QUARTZ_PYTHON3 AND QUARTZ_DOXYGEN)
  add_test(NAME docs.every_public_name_is_described_and_every_link_leads_somewhere
           COMMAND "${site}/build" "${CMAKE_CURRENT_BINARY_DIR}/site")
  list(APPEND site_tests docs.every_public_name_is_described_and_every_link_leads_somewhere)
elseif(QUARTZ_PYTHON3)
  message(STATUS "SKIPPED: doxygen is not installed; the site of documents is not built by tests")
endif()
set_tests_properties(${site_tests} PROPERTIES LABELS docs TIMEOUT 120 ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
