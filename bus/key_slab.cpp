#include "bus/key_slab.hpp"

#include "bus/disk_error.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace bus {
namespace {

off_t place_of(std::uint32_t cell)
{
    return static_cast<off_t>(cell) * static_cast<off_t>(locked_cell::size);
}

} // namespace

bool locked_cell::is_zero() const
{
    return sodium_is_zero(octets_.data(), size) == 1;
}

void locked_cell::clear() const
{
    sodium_memzero(octets_.data(), size);
}

key_slab::key_slab(const std::filesystem::path& file, access wanted)
    : file_(file),
      descriptor_(::open(
          file.c_str(),
          wanted == access::write ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC,
          0600))
{
    if (descriptor_ < 0)
        fail("open");
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) {
        const int error = errno;
        ::close(descriptor_);
        throw disk_error("read", file, error);
    }
    // A step that was cut short by a crash holds no cell that a row could name.
    cells_ = static_cast<std::uint32_t>(status.st_size / step) * cells_a_step;
}

key_slab::~key_slab()
{
    ::close(descriptor_);
}

bool key_slab::is_used() const
{
    locked_cell cell;
    for (std::uint32_t at = 0; at < cells_; ++at) {
        read(at, cell);
        if (!cell.is_zero())
            return true;
    }
    return false;
}

void key_slab::grow()
{
    const std::vector<std::uint8_t> zeros(step);
    write_all(zeros, cells_);
    if (::fsync(descriptor_) != 0)
        fail("sync");
    cells_ += cells_a_step;
}

void key_slab::read(std::uint32_t cell, const locked_cell& into) const
{
    std::span<std::uint8_t> left = into.octets();
    off_t place = place_of(cell);
    while (!left.empty()) {
        const ssize_t got = ::pread(descriptor_, left.data(), left.size(), place);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail("read");
        if (got == 0)
            throw disk_error(file_.string() + " ends before cell " + std::to_string(cell));
        left = left.subspan(static_cast<std::size_t>(got));
        place += got;
    }
}

void key_slab::write(std::uint32_t cell, const locked_cell& octets)
{
    write_all(octets.octets(), cell);
    unsynced_ = true;
}

void key_slab::erase(std::uint32_t cell)
{
    const std::array<std::uint8_t, locked_cell::size> zeros{};
    write_all(zeros, cell);
    unsynced_ = true;
}

void key_slab::sync()
{
    if (!unsynced_)
        return;
    if (::fdatasync(descriptor_) != 0)
        fail("sync");
    unsynced_ = false;
}

void key_slab::write_all(std::span<const std::uint8_t> octets, std::uint32_t first_cell)
{
    off_t place = place_of(first_cell);
    while (!octets.empty()) {
        const ssize_t written = ::pwrite(descriptor_, octets.data(), octets.size(), place);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            fail("write");
        octets = octets.subspan(static_cast<std::size_t>(written));
        place += written;
    }
}

void key_slab::fail(std::string_view doing) const
{
    throw disk_error(doing, file_, errno);
}

} // namespace bus
