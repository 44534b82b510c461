#include "mail/sip_hash.hpp"

#include <bit>

namespace mail {
namespace {

/// The next `count` octets, little-endian, as the definition says; absent ones are zeros.
std::uint64_t word(const char* octets, std::size_t count = 8)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value |= std::uint64_t{static_cast<std::uint8_t>(octets[i])} << (8 * i);
    return value;
}

struct sip_state {
    std::uint64_t a, b, c, d;

    void round()
    {
        a += b;
        c += d;
        b = std::rotl(b, 13) ^ a;
        d = std::rotl(d, 16) ^ c;
        a = std::rotl(a, 32);
        c += b;
        a += d;
        b = std::rotl(b, 17) ^ c;
        d = std::rotl(d, 21) ^ a;
        c = std::rotl(c, 32);
    }
    void take(std::uint64_t value)
    {
        d ^= value;
        round();
        round();
        a ^= value;
    }
};

} // namespace

/// J.-P. Aumasson, D. J. Bernstein: SipHash: a fast short-input PRF (2012).
std::uint64_t sip_hash::operator()(std::string_view text) const
{
    sip_state state{
        low_ ^ 0x736f6d6570736575,
        high_ ^ 0x646f72616e646f6d,
        low_ ^ 0x6c7967656e657261,
        high_ ^ 0x7465646279746573};
    const std::uint64_t length = text.size();
    for (; text.size() >= 8; text.remove_prefix(8))
        state.take(word(text.data()));
    state.take(word(text.data(), text.size()) | length << 56);
    state.c ^= 0xff;
    for (int i = 0; i < 4; ++i)
        state.round();
    return state.a ^ state.b ^ state.c ^ state.d;
}

} // namespace mail
