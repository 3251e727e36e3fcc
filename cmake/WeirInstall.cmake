# `cmake --install`: the command (component `runtime`, with shared libraries where they are built), and what an embedder
# needs (component `development`): static libraries, the public headers, and the package that find_package(weir) finds.

include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/weir)

if(BUILD_SHARED_LIBS)
  file(RELATIVE_PATH libraries_from_command ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(weir PROPERTIES INSTALL_RPATH "$ORIGIN/${libraries_from_command}")
  set_target_properties(weir_engine weir_testing weir_stages PROPERTIES INSTALL_RPATH "$ORIGIN")
endif()
install(TARGETS weir RUNTIME COMPONENT runtime)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)

install(TARGETS weir_engine weir_testing weir_stages EXPORT weirTargets
  ARCHIVE COMPONENT development
  LIBRARY COMPONENT runtime NAMELINK_COMPONENT development)
install(DIRECTORY engine/include/ stages/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
install(EXPORT weirTargets NAMESPACE weir:: DESTINATION ${package_folder} COMPONENT development)

configure_package_config_file(
  cmake/weirConfig.cmake.in ${PROJECT_BINARY_DIR}/cmake/weirConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/cmake/weirConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/cmake/weirConfig.cmake ${PROJECT_BINARY_DIR}/cmake/weirConfigVersion.cmake
        cmake/FindRE2.cmake cmake/Findutf8proc.cmake
  DESTINATION ${package_folder} COMPONENT development)
