#include "bus/disk_error.hpp"

#include "bus/disk_space.hpp"

#include <cerrno>
#include <cstring>

namespace bus {
namespace {

bool is_full(int error)
{
    return error == ENOSPC || error == EDQUOT;
}

/// Whoever is told runs the bus, or works on its log beside it.
std::string remedy(const std::filesystem::path& file, int error)
{
    if (is_full(error))
        return space_text(free_octets(file)) + ": make room, then start again";
    switch (error) {
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
          "; " + remedy(file, error)),
      full_(is_full(error))
{}

} // namespace bus
