# The target `docs`: the reference of the public headers, as HTML below the build tree. Only where Doxygen is
# installed (scripts/bootstrap --docs); with Graphviz it has diagrams.

find_package(Doxygen OPTIONAL_COMPONENTS dot)
if(NOT DOXYGEN_FOUND)
  return()
endif()
set(WEIR_HAVE_DOT ${DOXYGEN_DOT_FOUND})
configure_file(docs/Doxyfile.in ${PROJECT_BINARY_DIR}/docs/Doxyfile @ONLY)
add_custom_target(docs
  COMMAND Doxygen::doxygen ${PROJECT_BINARY_DIR}/docs/Doxyfile
  COMMAND ${CMAKE_COMMAND} -DWARNINGS=${PROJECT_BINARY_DIR}/docs/warnings.log
    -P ${PROJECT_SOURCE_DIR}/cmake/CheckReference.cmake
  COMMENT "The reference of the public headers"
  VERBATIM)
