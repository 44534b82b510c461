#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cli {

/// Writes a file whole or not at all: a temporary one beside it, fsync, rename, fsync of the
/// folder. Throws failure naming the file.
void write_durably(
    const std::filesystem::path& file, std::string_view content, unsigned mode = 0600);

/// The whole file; throws failure naming it.
std::string read_whole(const std::filesystem::path& file);

} // namespace cli
