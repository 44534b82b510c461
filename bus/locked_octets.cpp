#include "bus/locked_octets.hpp"

#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bus {
namespace {

[[noreturn]] void refuse(int error)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_MEMLOCK, &limit);
    throw std::runtime_error(
        std::string("memory for the keys of the bus cannot be locked (") + std::strerror(error) +
        "; RLIMIT_MEMLOCK is " + std::to_string(limit.rlim_cur / 1024) +
        " KiB). Raise it: `ulimit -l 8192` in the shell that starts this process, or "
        "LimitMEMLOCK=8M in its systemd unit.");
}

/// A copy of this process, such as the one that writes a snapshot, finds zeros: the lock would not
/// hold there.
void zero_in_copies(const std::uint8_t* octets, std::size_t size)
{
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(octets) & ~(page - 1);
    const auto end = (reinterpret_cast<std::uintptr_t>(octets) + size + page - 1) & ~(page - 1);
    if (::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_WIPEONFORK) != 0)
        throw std::system_error(errno, std::system_category(), "MADV_WIPEONFORK");
}

} // namespace

locked_octets::locked_octets(std::size_t size)
    : octets_(sodium_init() < 0 ? nullptr : static_cast<std::uint8_t*>(sodium_malloc(size))),
      size_(size)
{
    if (!octets_)
        throw std::bad_alloc();
    // sodium_malloc is content when locking fails, so it is asked again.
    if (sodium_mlock(octets_.get(), size) != 0)
        refuse(errno);
    zero_in_copies(octets_.get(), size);
    sodium_memzero(octets_.get(), size);
}

locked_octets locked_octets::copy_of(std::string_view octets)
{
    if (octets.empty())
        return {};
    locked_octets made{octets.size()};
    std::copy(octets.begin(), octets.end(), made.data());
    return made;
}

locked_octets locked_octets::taken_from(std::span<char> octets)
{
    locked_octets made = copy_of({octets.data(), octets.size()});
    sodium_memzero(octets.data(), octets.size());
    return made;
}

locked_octets& locked_octets::operator=(const locked_octets& other)
{
    locked_octets copy{other};
    *this = std::move(copy);
    return *this;
}

void locked_octets::release::operator()(std::uint8_t* octets) const
{
    sodium_free(octets);
}

} // namespace bus
