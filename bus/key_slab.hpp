#pragma once

#include "bus/locked_octets.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

/// The file that makes erasing possible: cells of 32 random octets at fixed places, each the key of
/// one key slot. A row that was deleted from SQLite stays readable on the raw disk; a cell that was
/// overwritten in place does not.
namespace bus {

/// The octets of one cell, in locked memory.
class locked_cell {
public:
    static constexpr std::size_t size = 32;

    std::span<std::uint8_t, size> octets() const
    {
        return std::span<std::uint8_t, size>{octets_.data(), size};
    }
    bool is_zero() const;
    void clear() const;

private:
    locked_octets octets_{size};
};

/// Throws disk_error. Reading may run beside writing, in another object on the same file.
class key_slab {
public:
    enum class access { write, read };
    static constexpr std::uint32_t step = 64 * 1024; ///< the file grows by this many octets
    static constexpr std::uint32_t cells_a_step = step / locked_cell::size;

    /// `write` creates the file when it is missing.
    key_slab(const std::filesystem::path& file, access wanted);
    ~key_slab();
    key_slab(const key_slab&) = delete;
    key_slab& operator=(const key_slab&) = delete;

    const std::filesystem::path& file() const { return file_; }
    std::uint32_t cells() const { return cells_; }
    /// A cell holds something.
    bool is_used() const;
    /// Appends one step of zeros and syncs it.
    void grow();

    void read(std::uint32_t cell, const locked_cell& into) const;
    void write(std::uint32_t cell, const locked_cell& octets);
    void erase(std::uint32_t cell);
    /// What was written is on disk when this returns.
    void sync();

private:
    [[noreturn]] void fail(std::string_view doing) const;
    void write_all(std::span<const std::uint8_t> octets, std::uint32_t first_cell);

    std::filesystem::path file_;
    int descriptor_;
    std::uint32_t cells_ = 0;
    bool unsynced_ = false;
};

} // namespace bus
