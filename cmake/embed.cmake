# Writes files as string constants: pages, styles and templates travel inside the executable.
set(declarations "")
set(definitions "")
foreach(file ${FILES})
    get_filename_component(name "${file}" NAME)
    string(REGEX REPLACE "[^A-Za-z0-9]" "_" name "${name}")
    file(READ "${file}" bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND declarations "extern const std::string_view ${name};\n")
    string(APPEND definitions
        "constexpr char ${name}_bytes[] = {${bytes}'\\0'};\nconst std::string_view ${name}{${name}_bytes, sizeof ${name}_bytes - 1};\n")
endforeach()
file(WRITE "${HEADER}" "#pragma once\n#include <string_view>\nnamespace ${NAMESPACE}::assets {\n${declarations}}\n")
file(WRITE "${SOURCE}" "#include \"${NAMESPACE}/assets.hpp\"\nnamespace ${NAMESPACE}::assets {\n${definitions}}\n")
