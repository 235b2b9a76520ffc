# Everything that is not ours, from Debian 12 (scripts/packages names the packages).
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(simdjson 3.0 REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB 1.2.11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(profiler REQUIRED IMPORTED_TARGET libprofiler)

# Asio's and Beast's bodies are compiled once, here. The definitions are PUBLIC: every user must agree on them. Of the
# coroutine frames that a thread let go of, Asio keeps two for the next ones; a request is nested deeper than that.
add_library(gim_asio STATIC ${PROJECT_SOURCE_DIR}/cmake/asio.cpp)
target_compile_definitions(gim_asio PUBLIC
    BOOST_ASIO_SEPARATE_COMPILATION
    BOOST_ASIO_NO_DEPRECATED
    BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=16
)
target_link_libraries(gim_asio PUBLIC Boost::headers Threads::Threads)

add_library(gim_beast STATIC ${PROJECT_SOURCE_DIR}/cmake/beast.cpp)
target_compile_definitions(gim_beast PUBLIC BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(gim_beast PUBLIC gim_asio)

# The allocator of the server: with glibc's a private message took a fourth more CPU (docs/benchmarks.md). A sanitizer brings
# its own.
add_library(gim_allocator INTERFACE)
if(NOT CMAKE_CXX_FLAGS_DEBUG MATCHES "-fsanitize")
    pkg_check_modules(tcmalloc REQUIRED IMPORTED_TARGET libtcmalloc_minimal)
    target_link_libraries(gim_allocator INTERFACE PkgConfig::tcmalloc)
    target_compile_definitions(gim_allocator INTERFACE GIM_HAS_TCMALLOC)
endif()
