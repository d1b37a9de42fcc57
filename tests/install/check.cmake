# cmake -DBUILD=... -DSOURCE=... -DWORK=... -DVERSION=... -DCOMPILER=... -DLAUNCHER=... -P check.cmake: installs, moves the tree, builds and runs
# a consumer against it, runs the moved program.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "${command}\nended with ${status}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
file(RENAME ${WORK}/installed ${WORK}/moved)

foreach(expected lib/cmake/locus/locus-config.cmake include/locus/locus.h include/locus/core/wire/channel.h
    include/locus/sim/report/version.h share/locus/models)
  if(NOT EXISTS ${WORK}/moved/${expected})
    message(FATAL_ERROR "${expected} is not installed")
  endif()
endforeach()

# Nothing in the tree may know where it was built or first installed.
file(GLOB_RECURSE configs ${WORK}/moved/lib/*.cmake)
foreach(config IN LISTS configs)
  file(READ ${config} text)
  foreach(place ${BUILD} ${SOURCE} ${WORK})
    string(FIND "${text}" "${place}/" found)
    if(NOT found EQUAL -1)
      message(FATAL_ERROR "${config} names ${place}")
    endif()
  endforeach()
endforeach()

run(${CMAKE_COMMAND} -S ${SOURCE}/tests/install -B ${WORK}/consumer -G Ninja -DCMAKE_BUILD_TYPE=Release
  -DCMAKE_PREFIX_PATH=${WORK}/moved -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
run(${CMAKE_COMMAND} --build ${WORK}/consumer)
run(${WORK}/consumer/core_consumer)
run(${WORK}/consumer/library_consumer)

# The one header shows nothing but the standard library and what is installed with it.
run(${COMPILER} -std=c++20 -M -I${WORK}/moved/include -I${WORK}/moved/include/locus ${SOURCE}/tests/install/library_consumer.cc)
if(output MATCHES "[^ ]*/(Eigen|eigen3|google|fmt|boost|openssl|CLI)/[^ ]*")
  message(FATAL_ERROR "locus/locus.h includes ${CMAKE_MATCH_0}")
endif()
file(GLOB models ${WORK}/moved/share/locus/models/*.txtpb)
if(NOT models)
  message(FATAL_ERROR "no model is installed")
endif()
list(GET models 0 model)
run(${WORK}/consumer/consumer ${VERSION} ${model})

# Of the core libraries, the moved program loads that of the highest level that the machine has, and from nowhere else.
set(loader /lib64/ld-linux-x86-64.so.2)
if(EXISTS ${WORK}/moved/lib/glibc-hwcaps AND EXISTS ${loader})
  run(${loader} --help)
  set(expected ${WORK}/moved/bin/../lib)  # as the program names it
  foreach(level x86-64-v3 x86-64-v4)
    if(output MATCHES " ${level} \\(supported")
      set(expected ${WORK}/moved/bin/../lib/glibc-hwcaps/${level})
    endif()
  endforeach()
  run(${loader} --list ${WORK}/moved/bin/locus)
  string(FIND "${output}" "=> ${expected}/liblocus_core.so" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "the moved program does not load its core library from ${expected}:\n${output}")
  endif()
endif()
# The Python package, where the build has it: from the moved tree alone, with the core library of the program.
if(EXISTS ${WORK}/moved/lib/python3/dist-packages/locus)
  run(/usr/bin/python3 -I -B -c "
import sys
sys.path.insert(0, '${WORK}/moved/lib/python3/dist-packages')
import locus
assert locus.__file__.startswith('${WORK}/moved/'), locus.__file__
assert locus.example('tiny').startswith('${WORK}/moved/share/'), locus.example('tiny')
r = locus.run(locus.example('tiny'), updates=2)
assert all(run.status == 'COMPLETED' for run in r.values())
maps = open('/proc/self/maps').read()
assert '${WORK}/moved/lib' in maps and '${BUILD}/levels' not in maps, maps
")
endif()
if(EXISTS ${WORK}/moved/bin/locus)
  run(${WORK}/moved/bin/locus --version)
  if(NOT output MATCHES "${VERSION}")
    message(FATAL_ERROR "locus --version does not say ${VERSION}:\n${output}")
  endif()
endif()
