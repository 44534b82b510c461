#pragma once

#include <filesystem>
#include <string>

namespace cli {

/// Reads a directory in TOML (docs/cli.md, "apply") and gives the body of POST /v1/directory.
/// Throws failure that lists every fault with file and line. Paths of certificates are meant from
/// the file's folder.
std::string read_directory_file(const std::filesystem::path& file);

} // namespace cli
