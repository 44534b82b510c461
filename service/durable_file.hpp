#pragma once

#include <filesystem>
#include <string_view>

namespace service {

/// A file written whole or not at all, piece by piece: a temporary one beside it, fsync, rename,
/// fsync of the folder. Without commit() nothing of it stays. One at a time: while another writes
/// the same file, as long as it lives, this one is refused.
/// Throws std::system_error naming the file.
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

/// Makes the names in a folder durable: what was made, renamed or removed. Throws std::system_error
/// naming it.
void sync_folder(const std::filesystem::path& folder);

} // namespace service
