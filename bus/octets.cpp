#include "bus/octets.hpp"

namespace bus {

void octet_reader::ends_early()
{
    throw malformed("a field ends before its length");
}

void octet_reader::too_long(std::uint32_t size, std::size_t longest)
{
    throw malformed(
        "a field of " + std::to_string(size) + " octets, at most " + std::to_string(longest) +
        " are allowed");
}

std::uint32_t octet_reader::count(std::uint32_t most)
{
    const std::uint32_t number = u32();
    if (number > most)
        throw malformed(std::to_string(number) + " entries, at most " + std::to_string(most));
    return number;
}

void octet_reader::finish() const
{
    if (!rest_.empty())
        throw malformed(std::to_string(rest_.size()) + " octets after the last field");
}

} // namespace bus
