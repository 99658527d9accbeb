# What comes from the system; deploy/setup installs it. Names that differ between distributions meet here.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost REQUIRED COMPONENTS context)
find_package(OpenSSL REQUIRED)
find_package(absl REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
find_package(GTest)

pkg_check_modules(GRPC REQUIRED IMPORTED_TARGET grpc++)
pkg_check_modules(PROTOBUF REQUIRED IMPORTED_TARGET protobuf)
pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET gmime-3.0)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)

find_program(PROTOC protoc REQUIRED)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# Debian's CMake package of RocksDB asks for static libraries it does not ship.
find_path(ROCKSDB_INCLUDE rocksdb/db.h REQUIRED)
find_library(ROCKSDB_LIBRARY rocksdb REQUIRED)
add_library(RocksDB::rocksdb UNKNOWN IMPORTED)
set_target_properties(RocksDB::rocksdb PROPERTIES IMPORTED_LOCATION "${ROCKSDB_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${ROCKSDB_INCLUDE}")

# Not in grpc++.pc. (libgrpc++_error_details is left out on purpose: it holds descriptors that leadstream_proto holds too.)
find_library(GRPC_REFLECTION_LIBRARY grpc++_reflection REQUIRED)
add_library(gRPC::reflection UNKNOWN IMPORTED)
set_target_properties(gRPC::reflection PROPERTIES IMPORTED_LOCATION "${GRPC_REFLECTION_LIBRARY}")

find_library(PHONENUMBER_LIBRARY phonenumber REQUIRED)
add_library(phonenumber UNKNOWN IMPORTED)
set_target_properties(phonenumber PROPERTIES IMPORTED_LOCATION "${PHONENUMBER_LIBRARY}")

# Optional: Apache Arrow and Parquet. The pyarrow wheel ships their headers and libraries, for the same C++ library as ours; deploy/setup
# puts it into .deps/python. A sanitizer would want Arrow instrumented as well.
set(LEADSTREAM_ARROW "${CMAKE_SOURCE_DIR}/.deps/python/pyarrow" CACHE PATH "Where Arrow's include/ and libarrow.so.* lie; without it there is no leadstream-export")
file(GLOB arrow_library "${LEADSTREAM_ARROW}/libarrow.so.*")
file(GLOB parquet_library "${LEADSTREAM_ARROW}/libparquet.so.*")
if(arrow_library AND parquet_library AND NOT LEADSTREAM_SANITIZE)
  add_library(Arrow::arrow SHARED IMPORTED)
  set_target_properties(Arrow::arrow PROPERTIES IMPORTED_LOCATION "${arrow_library}" INTERFACE_INCLUDE_DIRECTORIES "${LEADSTREAM_ARROW}/include")
  add_library(Arrow::parquet SHARED IMPORTED)
  set_target_properties(Arrow::parquet PROPERTIES IMPORTED_LOCATION "${parquet_library}" INTERFACE_LINK_LIBRARIES Arrow::arrow)
else()
  message(STATUS "No Apache Arrow: leadstream-export, and so `leadstream export parquet`, is not built (deploy/setup fetches it)")
endif()
