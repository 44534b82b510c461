#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cli {

/// Writes a file whole or not at all: a temporary one beside it, fsync, rename, fsync of the
/// folder. Throws failure naming the file.
void write_durably(
    const std::filesystem::path& file, std::string_view content, unsigned mode = 0600);

/// The same, piece by piece: without commit() nothing of it stays. Throws failure naming the file.
class durable_file {
public:
    explicit durable_file(std::filesystem::path file, unsigned mode = 0600);
    ~durable_file();
    durable_file(const durable_file&) = delete;
    durable_file& operator=(const durable_file&) = delete;

    void write(std::string_view content);
    void commit();

private:
    std::filesystem::path file_;
    std::filesystem::path temporary_;
    int descriptor_;
};

/// Makes the names in a folder durable: what was made, renamed or removed. Throws failure naming
/// it.
void sync_folder(const std::filesystem::path& folder);

/// The whole file; throws failure naming it.
std::string read_whole(const std::filesystem::path& file);

} // namespace cli
