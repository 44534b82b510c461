#include "bus/octets.hpp"

#include <array>

namespace bus {
namespace {

template <class Integer>
void put_big_endian(std::string& into, Integer value)
{
    std::array<char, sizeof value> octets;
    for (std::size_t at = octets.size(); at > 0; value = static_cast<Integer>(value >> 8))
        octets[--at] = static_cast<char>(static_cast<std::uint8_t>(value));
    into.append(octets.data(), octets.size());
}

template <class Integer>
Integer get_big_endian(std::string_view octets)
{
    Integer value = 0;
    for (const char octet : octets)
        value = static_cast<Integer>(value << 8) | static_cast<std::uint8_t>(octet);
    return value;
}

} // namespace

octet_writer& octet_writer::u8(std::uint8_t value)
{
    octets_.push_back(static_cast<char>(value));
    return *this;
}

octet_writer& octet_writer::u32(std::uint32_t value)
{
    put_big_endian(octets_, value);
    return *this;
}

octet_writer& octet_writer::u64(std::uint64_t value)
{
    put_big_endian(octets_, value);
    return *this;
}

octet_writer& octet_writer::raw(std::string_view octets)
{
    octets_.append(octets);
    return *this;
}

octet_writer& octet_writer::text(std::string_view octets)
{
    return u32(static_cast<std::uint32_t>(octets.size())).raw(octets);
}

std::uint8_t octet_reader::u8()
{
    return static_cast<std::uint8_t>(raw(1)[0]);
}

std::uint32_t octet_reader::u32()
{
    return get_big_endian<std::uint32_t>(raw(4));
}

std::uint64_t octet_reader::u64()
{
    return get_big_endian<std::uint64_t>(raw(8));
}

std::string_view octet_reader::raw(std::size_t size)
{
    if (size > rest_.size())
        throw malformed("a field ends before its length");
    const std::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
}

std::string_view octet_reader::text(std::size_t longest)
{
    const std::uint32_t size = u32();
    if (size > longest)
        throw malformed(
            "a field of " + std::to_string(size) + " octets, at most " + std::to_string(longest) +
            " are allowed");
    return raw(size);
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
