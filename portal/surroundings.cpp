#include "portal/surroundings.hpp"

#include <chrono>

namespace portal {

clocks clocks::of_this_machine()
{
    clocks real;
    real.boot = [] { return service::boot_clock::now(); };
    real.wall = [] {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    };
    return real;
}

} // namespace portal
