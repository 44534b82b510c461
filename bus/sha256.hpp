#pragma once

#include "bus/event.hpp"

#include <memory>
#include <string_view>

namespace bus {

/// SHA-256, fed piece by piece; start() begins anew. Keep one where many are made.
class sha256 {
public:
    sha256();
    ~sha256();
    sha256(const sha256&) = delete;
    sha256& operator=(const sha256&) = delete;

    void start();
    void add(std::string_view octets);
    hash finish();

private:
    struct state;
    std::unique_ptr<state> state_;
};

std::string_view octets_of(const hash& value);

/// Of these octets.
hash sha256_of(std::string_view octets);

} // namespace bus
