# Called by ctest with BUILD (weir's build tree), PROJECT (the consumer's sources), WORK (a folder to use), COMPILER.

function(must)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nanswered ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
must(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
must(${CMAKE_COMMAND} -S ${PROJECT} -B ${WORK}/build -G Ninja
  -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_PREFIX_PATH=${WORK}/installed)
must(${CMAKE_COMMAND} --build ${WORK}/build)

must(${WORK}/build/count_primes)
if(NOT output MATCHES "^78498 primes")
  message(FATAL_ERROR "count_primes printed: ${output}")
endif()
must(${WORK}/installed/bin/weir --version)
