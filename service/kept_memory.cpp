#include "service/kept_memory.hpp"

#include <malloc.h>

namespace service {
namespace {

constexpr int from_the_system_alone = 512 * 1024; // larger blocks come and go one by one
constexpr int kept_free = 2 * 1024 * 1024;        // at the end of a heap

} // namespace

void keep_freed_memory()
{
    ::mallopt(M_MMAP_THRESHOLD, from_the_system_alone);
    ::mallopt(M_TRIM_THRESHOLD, kept_free);
}

} // namespace service
