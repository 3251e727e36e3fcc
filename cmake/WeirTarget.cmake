# What every target of the house shares: warnings as errors, and the sanitizers of the preset.

add_library(weir_build_settings INTERFACE)
target_compile_options(weir_build_settings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Werror)
# Once it has inlined, g++ 12 sees overlaps in "a" + std::string that are none (GCC bug 105651), and members as
# uninitialised where the braces that make an aggregate may throw.
target_compile_options(weir_build_settings INTERFACE
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-maybe-uninitialized>")
if(WEIR_SANITIZE)
  target_compile_options(weir_build_settings INTERFACE
    -fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(weir_build_settings INTERFACE -fsanitize=${WEIR_SANITIZE})
  # oneTBB's headers cast a task after its destructor has run (graph_task::destruct_and_deallocate): harmless, but
  # the check of dynamic types sees it in every graph.
  target_compile_options(weir_build_settings INTERFACE -fno-sanitize=vptr)
endif()

# weir_sources(OUT FOLDER...) collects the .cpp files below the folders. Stages, tests and benchmarks
# are one file each, and adding one should not mean editing a list as well.
function(weir_sources OUT)
  set(all "")
  foreach(folder IN LISTS ARGN)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND all ${found})
  endforeach()
  set(${OUT} ${all} PARENT_SCOPE)
endfunction()

# weir_library(NAME FOLDER...) makes the library weir_NAME, also named weir::NAME, of those folders, with include/ as its
# public headers. It is static, or shared where BUILD_SHARED_LIBS is on; then it exports what is public alone, under a
# symbol version of its own, as before 1.0 each minor version may change the headers.
function(weir_library NAME)
  weir_sources(sources ${ARGN})
  add_library(weir_${NAME} ${sources})
  add_library(weir::${NAME} ALIAS weir_${NAME})
  set_target_properties(weir_${NAME} PROPERTIES
    EXPORT_NAME ${NAME} POSITION_INDEPENDENT_CODE ON
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  if(BUILD_SHARED_LIBS)
    set(exports ${PROJECT_BINARY_DIR}/cmake/exports.map)
    configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/exports.map.in ${exports} @ONLY)
    target_link_options(weir_${NAME} PRIVATE -Wl,--version-script=${exports})
    set_target_properties(weir_${NAME} PROPERTIES LINK_DEPENDS ${exports})
  endif()
  target_compile_features(weir_${NAME} PUBLIC cxx_std_20)
  target_link_libraries(weir_${NAME} PRIVATE $<BUILD_INTERFACE:weir_build_settings>)
  target_include_directories(weir_${NAME}
    PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..)
endfunction()
