#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

/// Fields of the protocol: big-endian integers, and texts with their length in front (32 bits).
namespace bus {

/// What a peer sent is not what the protocol says; `what()` names the fault.
class malformed : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class octet_writer {
public:
    octet_writer& u8(std::uint8_t value) { return integer(value); }
    octet_writer& u32(std::uint32_t value) { return integer(value); }
    octet_writer& u64(std::uint64_t value) { return integer(value); }
    octet_writer& i64(std::int64_t value) { return u64(static_cast<std::uint64_t>(value)); }
    octet_writer& raw(std::string_view octets)
    {
        octets_.append(octets);
        return *this;
    }
    /// Length, then the octets.
    octet_writer& text(std::string_view octets)
    {
        return u32(static_cast<std::uint32_t>(octets.size())).raw(octets);
    }

    /// Room for so many more octets.
    void expect(std::size_t more) { octets_.reserve(octets_.size() + more); }
    void clear() { octets_.clear(); }
    /// Drops what was written after the first `size` octets.
    void cut(std::size_t size) { octets_.resize(size); }
    std::size_t size() const { return octets_.size(); }
    std::string_view view() const { return octets_; }
    std::string take() { return std::move(octets_); }

private:
    template <class Integer>
    octet_writer& integer(Integer value)
    {
        std::array<char, sizeof value> octets;
        for (std::size_t at = octets.size(); at > 0; value = static_cast<Integer>(value >> 8U))
            octets[--at] = static_cast<char>(static_cast<std::uint8_t>(value));
        return raw({octets.data(), octets.size()});
    }

    std::string octets_;
};

/// Reads what octet_writer wrote. Every length is checked against what is there before it is used.
/// Views are good as long as the octets read from.
class octet_reader {
public:
    explicit octet_reader(std::string_view octets) : rest_(octets) {}

    std::uint8_t u8() { return integer<std::uint8_t>(); }
    std::uint32_t u32() { return integer<std::uint32_t>(); }
    std::uint64_t u64() { return integer<std::uint64_t>(); }
    std::int64_t i64() { return static_cast<std::int64_t>(u64()); }
    std::string_view raw(std::size_t size)
    {
        if (size > rest_.size())
            ends_early();
        const std::string_view field = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return field;
    }
    /// Throws malformed when it is longer than `longest`.
    std::string_view text(std::size_t longest)
    {
        const std::uint32_t size = u32();
        if (size > longest)
            too_long(size, longest);
        return raw(size);
    }
    /// A count of things that follow; throws malformed when over `most`.
    std::uint32_t count(std::uint32_t most);
    /// What was read since `earlier`, a copy of this reader.
    std::string_view since(const octet_reader& earlier) const
    {
        return earlier.rest_.substr(0, earlier.rest_.size() - rest_.size());
    }
    /// Throws malformed when octets are left.
    void finish() const;

private:
    [[noreturn]] static void ends_early();
    [[noreturn]] static void too_long(std::uint32_t size, std::size_t longest);

    template <class Integer>
    Integer integer()
    {
        Integer value = 0;
        for (const char octet : raw(sizeof value))
            value = static_cast<Integer>(value << 8U) | static_cast<std::uint8_t>(octet);
        return value;
    }

    std::string_view rest_;
};

} // namespace bus
