#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>

/// Memory for keys and tokens: locked (never in swap), left out of core dumps, zeroed in forked
/// children, between two inaccessible pages. Small secrets share a region; a page of its own for
/// each of thousands would exhaust the limit of locked memory.
namespace encryptor::locked_memory {

/// Zeroed octets, aligned to 64. Throws std::runtime_error with the remedy when no more memory can
/// be locked: a secret is never put where it could be swapped out. Any thread.
std::uint8_t* take(std::size_t size);

/// Zeroes the octets, then takes them back. `size` as at take().
void give_back(std::uint8_t* octets, std::size_t size) noexcept;

/// Locks `size` octets for a moment; throws as take() does.
void require(std::size_t size);

/// Room of a type without destructor, such as a cipher's state, inside locked memory.
template <typename T>
struct give_back_object {
    void operator()(T* object) const noexcept
    {
        give_back(reinterpret_cast<std::uint8_t*>(object), sizeof(T));
    }
};
template <typename T>
using object = std::unique_ptr<T, give_back_object<T>>;

template <typename T>
object<T> make()
{
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 64);
    return object<T>{new (take(sizeof(T))) T};
}

} // namespace encryptor::locked_memory
