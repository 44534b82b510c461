# A folder is a static library; a process folder adds a thin executable made of its main.cpp.
# Two precompiled headers, for products and for tests. What is slow to parse or to instantiate and needed in
# many files stands in them; every file still includes what it uses.
set(SEALPOST_PRECOMPILED
    <algorithm> <array> <chrono> <cstdint> <filesystem> <fstream> <functional> <map> <memory> <optional> <ranges>
    <span> <string> <string_view> <utility> <variant> <vector>
    <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
    <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/posix/stream_descriptor.hpp>
    <boost/asio/redirect_error.hpp> <boost/asio/ssl/context.hpp> <boost/asio/steady_timer.hpp>
    <boost/asio/use_awaitable.hpp> <nlohmann/json.hpp> "${CMAKE_CURRENT_SOURCE_DIR}/cmake/precompiled_uses.hpp")

# Code of the header's inline functions and instantiated templates: generated here, once, and not again in
# every file that includes it, which saves a fifth of a build.
function(sealpost_precompiled_code target)
    target_compile_options(${target} PRIVATE -fpch-codegen)
    set(header "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.pch")
    set(object "${CMAKE_CURRENT_BINARY_DIR}/${target}_code.o")
    string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
    separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
    add_custom_command(
        OUTPUT "${object}"
        COMMAND ${CMAKE_CXX_COMPILER} ${flags} "$<TARGET_PROPERTY:${target},COMPILE_OPTIONS>" -std=c++20 -pthread
                -ffunction-sections -Wno-unused-command-line-argument -c "${header}" -o "${object}"
        DEPENDS "${header}"
        COMMENT "Generating code of ${target}" COMMAND_EXPAND_LISTS VERBATIM)
    add_library(${target}_code STATIC "${object}")
    set_target_properties(${target}_code PROPERTIES LINKER_LANGUAGE CXX)
    # What nobody uses may call what no library has.
    target_link_options(${target}_code INTERFACE -Wl,--gc-sections)
endfunction()

function(sealpost_precompiled_header target)
    add_library(${target} OBJECT "${CMAKE_CURRENT_SOURCE_DIR}/cmake/precompiled.cpp")
    target_link_libraries(${target} PUBLIC sealpost_libraries ${ARGN})
    target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
    target_precompile_headers(${target} PRIVATE ${SEALPOST_PRECOMPILED})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        sealpost_precompiled_code(${target})
    endif()
endfunction()

sealpost_precompiled_header(sealpost_precompiled)
sealpost_precompiled_header(sealpost_precompiled_tests GTest::gtest)
target_precompile_headers(sealpost_precompiled_tests PRIVATE
    <gtest/gtest.h> "${CMAKE_CURRENT_SOURCE_DIR}/cmake/precompiled_test_uses.hpp")

function(sealpost_common_settings target)
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${target} PUBLIC sealpost_libraries)
    target_precompile_headers(${target} REUSE_FROM sealpost_precompiled)
    if(TARGET sealpost_precompiled_code)
        target_link_libraries(${target} PUBLIC sealpost_precompiled_code)
    endif()
endfunction()

# sealpost_folder(NAME [DEPENDS folder...] [ALONE file...]): every .cpp below this folder but main.cpp. Several are
# compiled as one (CMakePresets.json), so that what they include is read once; those ALONE can be replaced at link
# time, by a control of the tests.
function(sealpost_folder name)
    cmake_parse_arguments(folder "" "" "DEPENDS;ALONE" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
    add_library(sealpost_${name} STATIC ${sources})
    set_source_files_properties(${folder_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    sealpost_common_settings(sealpost_${name})
    list(TRANSFORM folder_DEPENDS PREPEND sealpost_)
    target_link_libraries(sealpost_${name} PUBLIC ${folder_DEPENDS})
endfunction()

# sealpost_process(EXECUTABLE FOLDER [MAIN]): the executable around a folder.
function(sealpost_process executable folder)
    set(main main.cpp)
    if(ARGC GREATER 2)
        set(main ${ARGV2})
    endif()
    add_executable(${executable} ${main})
    target_link_libraries(${executable} PRIVATE sealpost_${folder})
endfunction()

# sealpost_embed(TARGET NAMESPACE FILE...): files as constants, NAMESPACE::assets::NAME with . and - as _.
function(sealpost_embed target namespace)
    set(generated "${CMAKE_CURRENT_BINARY_DIR}/${namespace}_assets.cpp")
    set(header "${CMAKE_CURRENT_BINARY_DIR}/include/${namespace}/assets.hpp")
    set(files ${ARGN})
    list(TRANSFORM files PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
    add_custom_command(
        OUTPUT "${generated}" "${header}"
        COMMAND "${CMAKE_COMMAND}" "-DFILES=${files}" "-DNAMESPACE=${namespace}" "-DSOURCE=${generated}"
                "-DHEADER=${header}" -P "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
        DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
        VERBATIM)
    target_sources(${target} PRIVATE "${generated}" "${header}")
    target_include_directories(${target} PUBLIC "${CMAKE_CURRENT_BINARY_DIR}/include")
endfunction()
