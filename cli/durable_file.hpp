#pragma once

#include "service/durable_file.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace cli {

/// Writes a file whole or not at all: a temporary one beside it, fsync, rename, fsync of the
/// folder. Throws failure naming the file.
void write_durably(
    const std::filesystem::path& file, std::string_view content, unsigned mode = 0600);

/// service::durable_file that throws failure naming the file.
class durable_file {
public:
    explicit durable_file(std::filesystem::path file, unsigned mode = 0600);
    void write(std::string_view content);
    void commit();

private:
    service::durable_file file_;
};

/// Makes the names in a folder durable: what was made, renamed or removed. Throws failure naming
/// it.
void sync_folder(const std::filesystem::path& folder);

/// The whole file, at most 64 MiB, which is as much as a mail may have; throws failure naming it.
std::string read_whole(const std::filesystem::path& file);

} // namespace cli
