#pragma once

#include <cstdint>
#include <string_view>

namespace mail {

/// SipHash-2-4: a short sum of a text that nobody can aim at without the key.
class sip_hash {
public:
    sip_hash() = default;
    sip_hash(std::uint64_t low, std::uint64_t high) : low_(low), high_(high) {}

    std::uint64_t operator()(std::string_view text) const;

private:
    std::uint64_t low_ = 0;
    std::uint64_t high_ = 0;
};

} // namespace mail
