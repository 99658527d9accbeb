# leadstream_proto: our protos and the google ones they import, each compiled once into one library.

if(NOT EXISTS "${LEADSTREAM_GOOGLEAPIS}/google/api/annotations.proto")
  message(FATAL_ERROR "google/api protos not found in ${LEADSTREAM_GOOGLEAPIS}: run deploy/setup, or ./run or ./test, which do")
endif()

set(google_protos
  google/api/annotations.proto google/api/http.proto google/api/client.proto google/api/launch_stage.proto
  google/api/field_behavior.proto google/api/resource.proto
  google/rpc/status.proto google/rpc/code.proto google/rpc/error_details.proto
  google/type/money.proto google/type/decimal.proto google/type/date.proto)
file(GLOB_RECURSE leadstream_protos CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/proto" "${CMAKE_SOURCE_DIR}/proto/*.proto")

set(generated "${CMAKE_BINARY_DIR}/generated")
file(MAKE_DIRECTORY "${generated}")
set(proto_sources)
foreach(proto ${google_protos} ${leadstream_protos})
  string(REGEX REPLACE "\\.proto$" "" stem "${proto}")
  if(EXISTS "${CMAKE_SOURCE_DIR}/proto/${proto}")
    set(file "${CMAKE_SOURCE_DIR}/proto/${proto}")
  else()
    set(file "${LEADSTREAM_GOOGLEAPIS}/${proto}")
  endif()
  add_custom_command(
    OUTPUT "${generated}/${stem}.pb.cc" "${generated}/${stem}.pb.h"
    COMMAND "${PROTOC}" -I "${CMAKE_SOURCE_DIR}/proto" -I "${LEADSTREAM_GOOGLEAPIS}" "--cpp_out=${generated}" "${file}"
    DEPENDS "${file}" VERBATIM)
  list(APPEND proto_sources "${generated}/${stem}.pb.cc")
endforeach()

add_library(leadstream_proto STATIC ${proto_sources})
target_include_directories(leadstream_proto SYSTEM PUBLIC "${generated}")
target_link_libraries(leadstream_proto PUBLIC PkgConfig::PROTOBUF Threads::Threads)
# The server finds services and messages by name, in descriptors: an executable that serves takes all of them, used or not.
add_library(leadstream_proto_whole INTERFACE)
target_link_options(leadstream_proto_whole INTERFACE
  -Wl,--whole-archive "$<TARGET_FILE:leadstream_proto>" -Wl,--no-whole-archive)
target_link_libraries(leadstream_proto_whole INTERFACE leadstream_proto)
