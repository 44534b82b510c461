#include "bus/disk_error.hpp"

#include "bus/disk_space.hpp"

#include <cerrno>
#include <cstring>

namespace bus {
namespace {

/// Whoever is told runs the bus, or works on its log beside it.
std::string remedy(const std::filesystem::path& file, int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return space_text(free_octets(file)) + ": make room, then start again";
    case EACCES:
    case EPERM:
    case EROFS:
        return "let the user who runs this write there, then start again";
    default:
        return "see what the kernel's log says about that disk, then start again: sealpost goes on "
               "from what is on the disk";
    }
}

} // namespace

disk_error::disk_error(std::string_view doing, const std::filesystem::path& file, int error)
    : std::runtime_error(
          "cannot " + std::string{doing} + " " + file.string() + ": " + std::strerror(error) +
          "; " + remedy(file, error))
{}

} // namespace bus
