#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace bus {

/// A secret key of the bus: octets in memory that is locked (never in swap), kept out of dumps,
/// zero in forked copies, between inaccessible pages, and zeroed at the end. No conversion to text,
/// so no log field can be made of it.
class locked_octets {
public:
    locked_octets() = default; ///< none
    /// Zeros. Throws std::runtime_error with the remedy when the memory cannot be locked: a key is
    /// never put where it could be swapped out.
    explicit locked_octets(std::size_t size);
    static locked_octets copy_of(std::string_view octets);
    /// And zeroes `octets`.
    static locked_octets taken_from(std::span<char> octets);
    locked_octets(const locked_octets& other) : locked_octets(copy_of(other.view())) {}
    locked_octets& operator=(const locked_octets& other);
    locked_octets(locked_octets&&) noexcept = default;
    locked_octets& operator=(locked_octets&&) noexcept = default;
    ~locked_octets() = default;

    std::uint8_t* data() const { return octets_.get(); }
    std::size_t size() const { return octets_ ? size_ : 0; }
    bool empty() const { return size() == 0; }
    std::string_view view() const { return {reinterpret_cast<const char*>(octets_.get()), size()}; }

private:
    struct release {
        void operator()(std::uint8_t* octets) const; ///< zeroes them too
    };
    std::unique_ptr<std::uint8_t, release> octets_;
    std::size_t size_ = 0;
};

} // namespace bus
