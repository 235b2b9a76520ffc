# Warnings for our own targets, and the two functions that every folder uses.

add_library(gim_warnings INTERFACE)
target_compile_options(gim_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
    $<$<BOOL:${GIM_WERROR}>:-Werror>
)

# gim_library(push SOURCES batch.cpp ... LINKS gim_model ...): the folder src/push as the library gim_push. A folder deeper
# down is named by all of its path, or by its own name where that is plain: gim_storage_redis, gim_trace.
function(gim_library folder)
    cmake_parse_arguments(arg "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
    set(kind STATIC)
    set(scope PUBLIC)
    if(NOT arg_SOURCES)
        set(kind INTERFACE)
        set(scope INTERFACE)
    endif()
    add_library(gim_${folder} ${kind} ${arg_SOURCES})
    target_include_directories(gim_${folder} ${scope} ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(gim_${folder} ${scope} ${arg_LINKS})
    if(arg_SOURCES)
        target_link_libraries(gim_${folder} PRIVATE gim_warnings ${arg_PRIVATE_LINKS})
    endif()
endfunction()

# gim_tests(push SOURCES batch_test.cpp ... LINKS gim_push): one doctest program, one CTest entry.
function(gim_tests name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
    add_executable(${name}_tests ${arg_SOURCES})
    target_link_libraries(${name}_tests PRIVATE gim_test_main gim_warnings ${arg_LINKS})
    add_test(NAME ${name} COMMAND ${name}_tests)
    set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS unit)
endfunction()
