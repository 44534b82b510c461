#include "bus/disk_space.hpp"

#include <sys/statvfs.h>

namespace bus {

std::uint64_t free_octets(const std::filesystem::path& file)
{
    struct statvfs status {};
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    if (::statvfs(folder.c_str(), &status) != 0)
        return 0;
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

std::string space_text(std::uint64_t free, std::int64_t needed_mib)
{
    return std::to_string(free / 1024) + " KiB are free, at least " + std::to_string(needed_mib) +
           " MiB are needed";
}

} // namespace bus
