#include "encryptor/locked_memory.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace encryptor::locked_memory {
namespace {

constexpr std::size_t shared_region = 64 * 1024;
constexpr std::array<std::size_t, 2> cell_sizes{64, 128};

std::size_t page()
{
    static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return size;
}

std::size_t in_whole_pages(std::size_t size)
{
    return (size + page() - 1) / page() * page();
}

[[noreturn]] void refuse(int error)
{
    rlimit limit{};
    getrlimit(RLIMIT_MEMLOCK, &limit);
    throw std::runtime_error(
        std::string("memory for keys cannot be locked (") + std::strerror(error) +
        "; RLIMIT_MEMLOCK is " + std::to_string(limit.rlim_cur / 1024) +
        " KiB). Raise it: `ulimit -l 8192` in the shell that starts this process, or "
        "LimitMEMLOCK=8M in its systemd unit.");
}

/// A guard page, the octets, a guard page.
std::uint8_t* map_region(std::size_t size)
{
    const std::size_t inner = in_whole_pages(size);
    void* base = mmap(
        nullptr, inner + 2 * page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        throw std::bad_alloc();
    }
    std::uint8_t* octets = static_cast<std::uint8_t*>(base) + page();
    if (mprotect(octets, inner, PROT_READ | PROT_WRITE) != 0 || mlock(octets, inner) != 0) {
        const int error = errno;
        munmap(base, inner + 2 * page());
        refuse(error);
    }
    // Both are refinements that very old kernels lack; the lock above is what must not fail.
    madvise(octets, inner, MADV_DONTDUMP);
    madvise(octets, inner, MADV_WIPEONFORK);
    return octets;
}

void unmap_region(std::uint8_t* octets, std::size_t size) noexcept
{
    const std::size_t inner = in_whole_pages(size);
    munlock(octets, inner);
    munmap(octets - page(), inner + 2 * page());
}

/// Free cells of one size. Regions are kept until the process ends: what was needed once will be
/// again.
class cell_pool {
public:
    std::uint8_t* take(std::size_t cell)
    {
        const std::lock_guard hold(mutex_);
        if (free_.empty()) {
            grow(cell);
        }
        std::uint8_t* octets = free_.back();
        free_.pop_back();
        return octets;
    }

    void give_back(std::uint8_t* octets) noexcept
    {
        const std::lock_guard hold(mutex_);
        free_.push_back(octets);
    }

private:
    void grow(std::size_t cell)
    {
        // Room for every cell that exists, so that giving one back never allocates.
        free_.reserve(cells_ + shared_region / cell);
        std::uint8_t* region = map_region(shared_region);
        for (std::size_t at = 0; at < shared_region; at += cell) {
            free_.push_back(region + at);
        }
        cells_ += shared_region / cell;
    }

    std::mutex mutex_;
    std::vector<std::uint8_t*> free_;
    std::size_t cells_ = 0;
};

/// nullptr: too large for any pool. Never destroyed, since secrets of static storage may outlive
/// everything.
cell_pool* pool_for(std::size_t size, std::size_t& cell)
{
    static auto* const pools = new std::array<cell_pool, cell_sizes.size()>;
    for (std::size_t n = 0; n < cell_sizes.size(); ++n) {
        if (size <= cell_sizes[n]) {
            cell = cell_sizes[n];
            return &(*pools)[n];
        }
    }
    return nullptr;
}

} // namespace

std::uint8_t* take(std::size_t size)
{
    std::size_t cell = 0;
    cell_pool* const pool = pool_for(size, cell);
    return pool ? pool->take(cell) : map_region(size);
}

void give_back(std::uint8_t* octets, std::size_t size) noexcept
{
    std::size_t cell = 0;
    cell_pool* const pool = pool_for(size, cell);
    sodium_memzero(octets, pool ? cell : size);
    if (pool) {
        pool->give_back(octets);
    } else {
        unmap_region(octets, size);
    }
}

void require(std::size_t size)
{
    unmap_region(map_region(size), size);
}

} // namespace encryptor::locked_memory
