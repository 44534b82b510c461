#include "mail/text_arena.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace mail {
namespace {

constexpr std::size_t block = std::size_t{64} * 1024;
constexpr std::size_t large = block / 8; ///< has a block of its own
constexpr unsigned place_bits = 10;

/// Spreads well enough; who makes texts collide has them copied, and that is all.
std::size_t place_of(std::string_view text)
{
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    const std::size_t octets = std::min(text.size(), sizeof(first));
    std::memcpy(&first, text.data(), octets);
    std::memcpy(&last, text.data() + text.size() - octets, octets);
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
    return ((first ^ last * odd) + text.size()) * odd >> (64 - place_bits);
}

} // namespace

std::string_view text_arena::keep(std::string_view text)
{
    if (text.empty())
        return {};
    const bool alone = text.size() > large;
    if (alone || text.size() > left_) {
        const std::size_t size = alone ? text.size() : block;
        char* const made = blocks_.emplace_back(std::make_unique_for_overwrite<char[]>(size)).get();
        if (alone) {
            std::memcpy(made, text.data(), text.size());
            return {made, text.size()};
        }
        free_ = made;
        left_ = block;
    }
    char* const at = free_;
    std::memcpy(at, text.data(), text.size());
    free_ += text.size();
    left_ -= text.size();
    return {at, text.size()};
}

std::string_view text_arena::keep_shared(std::string_view text)
{
    if (text.empty())
        return {};
    lately_.resize(std::size_t{1} << place_bits);
    std::string_view& known = lately_[place_of(text)];
    if (known != text)
        known = keep(text);
    return known;
}

} // namespace mail
