# Debian 12 packages only; docs/dependencies.md says why each.
find_package(Boost 1.81.0 EXACT REQUIRED COMPONENTS url)
find_package(OpenSSL 3 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(cppzmq REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(GTest REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(simdjson REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(gmime REQUIRED IMPORTED_TARGET gmime-3.0)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(ctemplate REQUIRED IMPORTED_TARGET libctemplate)

# Their headers are not ours to warn about.
foreach(target PkgConfig::gmime PkgConfig::sodium PkgConfig::ctemplate)
    get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(directories)
        set_target_properties(${target} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${directories}")
    endif()
endforeach()
add_library(sealpost_libraries INTERFACE)
target_compile_definitions(sealpost_libraries INTERFACE
    BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
target_link_libraries(sealpost_libraries INTERFACE
    Boost::url OpenSSL::SSL OpenSSL::Crypto nlohmann_json::nlohmann_json cppzmq SQLite::SQLite3 simdjson::simdjson
    tomlplusplus::tomlplusplus PkgConfig::gmime PkgConfig::sodium PkgConfig::ctemplate Threads::Threads)
