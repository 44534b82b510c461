# Which compiler, and how everything is compiled.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    message(FATAL_ERROR
        "g++ ${CMAKE_CXX_COMPILER_VERSION} silently miscompiles co_await expressions that hold temporaries "
        "(double free, use after free). Use clang-16 (apt-get install clang-16) or g++ 13 and later.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

find_program(SEALPOST_CCACHE ccache)
if(SEALPOST_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Without these ccache never hits where a precompiled header is used. In depend mode a miss costs no run of the
    # preprocessor besides the compiler's own, which would double the time of a first build.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_DEPEND=true
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${SEALPOST_CCACHE}")
endif()
find_program(SEALPOST_MOLD mold)
if(SEALPOST_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror -g1)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # So that ccache can reuse a precompiled header, whatever its time stamp; and templates that it uses are
    # instantiated in it, once, which more than halves the time of a build.
    add_compile_options(-Xclang -fno-pch-timestamp -fpch-instantiate-templates)
endif()

set(SEALPOST_SANITIZE "" CACHE STRING "address (with undefined behaviour) or thread; empty for none")
if(SEALPOST_SANITIZE STREQUAL "address")
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
elseif(SEALPOST_SANITIZE STREQUAL "thread")
    add_compile_options(-fsanitize=thread)
    add_link_options(-fsanitize=thread)
endif()
