# Faster builds where the tools are there; warnings as errors for our own code.

find_program(CCACHE ccache)
if(CCACHE)
  # Paths relative to the checkout, so that another checkout finds what this one has compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(leadstream_warnings INTERFACE)
# GCC 12 warns of overlapping copies inside std::string concatenation that cannot happen (GCC bug 105651).
target_compile_options(leadstream_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Werror $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

# Messages are made of many small strings, on one thread, and freed on another: with glibc's allocator that takes a sixth of a command's
# processor time. A sanitizer brings an allocator of its own.
find_library(JEMALLOC jemalloc)
if(JEMALLOC AND NOT LEADSTREAM_SANITIZE)
  link_libraries("${JEMALLOC}")
endif()

if(LEADSTREAM_SANITIZE)
  # Instrumented code makes GCC see uninitialised values where there are none (in Boost's integers, here).
  target_compile_options(leadstream_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_compile_options(-fsanitize=${LEADSTREAM_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${LEADSTREAM_SANITIZE})
  add_compile_definitions(LEADSTREAM_SANITIZED)
endif()
if(LEADSTREAM_SANITIZE MATCHES "undefined")
  # What a check says of its place has addresses; made to be moved, each takes as much again in the executable: 240 of 700 MB.
  add_link_options(-no-pie)
endif()
if(LEADSTREAM_SANITIZE STREQUAL "thread")
  # Protobuf's messages have other members under the sanitizer than in the system's library, which does without. The standard library is told all the same.
  add_compile_options(-U__SANITIZE_THREAD__ -D_GLIBCXX_TSAN=1)
  # In the executable itself, so that they come before every library: see their comments.
  add_library(leadstream_tsan OBJECT cmake/tsan/absl_mutex.cc cmake/tsan/c11_threads.cc)
  link_libraries($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:$<TARGET_OBJECTS:leadstream_tsan>>)
endif()
