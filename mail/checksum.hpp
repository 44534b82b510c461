#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mail {

/// SHA-256, fed piece by piece. Used once: after the result nothing can be added.
class checksum {
public:
    checksum();
    void add(std::string_view octets);
    std::array<std::uint8_t, 32> octets();
    std::string hexadecimal();

private:
    struct release {
        void operator()(void* sum) const;
    };
    std::unique_ptr<void, release> sum_;
};

} // namespace mail
