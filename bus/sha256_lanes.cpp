#include "bus/sha256_lanes.hpp"

#include "bus/sha256.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace bus {
namespace {

#if defined(__x86_64__)

// Names, constants and rounds are those of FIPS 180-4; the two registers of a state and the four of
// a block's words stand as the processor's instructions want them.

constexpr std::size_t block_octets = 64;

bool has_sha_instructions()
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    constexpr unsigned sse_4_1 = 1U << 19U; // and with it SSSE3
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & sse_4_1) == 0)
        return false;
    constexpr unsigned sha = 1U << 29U;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & sha) != 0;
}

alignas(16) constexpr std::array<std::uint32_t, 64> round_constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// The working variables A to H of one hash.
struct sha_state {
    __m128i abef;
    __m128i cdgh;
};

/// One hash under way.
class sha_lane {
public:
    void begin(const hash_input& input, hash& into)
    {
        into_ = &into;
        octets_ = input.octets.data();
        state_.abef = _mm_set_epi32(
            0x6a09e667, static_cast<int>(0xbb67ae85), 0x510e527f, static_cast<int>(0x9b05688c));
        state_.cdgh =
            _mm_set_epi32(0x3c6ef372, static_cast<int>(0xa54ff53a), 0x1f83d9ab, 0x5be0cd19);
        at_ = 0;
        const std::size_t size = input.before->size() + input.octets.size();
        whole_ = size / block_octets;
        const std::size_t left = size % block_octets;
        const std::size_t head = std::min(first_.size() - hash{}.size(), input.octets.size());
        std::memcpy(first_.data(), input.before->data(), hash{}.size());
        std::memcpy(first_.data() + hash{}.size(), octets_, head);
        end_.fill(0);
        const char* const rest = octets_ + input.octets.size() - left;
        std::memcpy(
            end_.data(), whole_ == 0 ? first_.data() : static_cast<const void*>(rest), left);
        end_[left] = 0x80;
        blocks_ = whole_ + (left + 1 + sizeof(std::uint64_t) > block_octets ? 2 : 1);
        const std::uint64_t bits = __builtin_bswap64(std::uint64_t{size} * 8);
        std::memcpy(
            end_.data() + (blocks_ - whole_) * block_octets - sizeof bits, &bits, sizeof bits);
    }
    sha_state& state() { return state_; }
    const void* block() const
    {
        if (at_ >= whole_)
            return end_.data() + (at_ - whole_) * block_octets;
        return at_ == 0 ? static_cast<const void*>(first_.data())
                        : octets_ + at_ * block_octets - hash{}.size();
    }
    /// False: that was the last block.
    bool advance() { return ++at_ < blocks_; }
    void finish();

private:
    sha_state state_;
    const char* octets_ = nullptr;
    hash* into_ = nullptr;
    std::size_t at_ = 0;
    std::size_t whole_ = 0;  ///< blocks without an end
    std::size_t blocks_ = 0; ///< with those that end it
    std::array<std::uint8_t, block_octets> first_;
    std::array<std::uint8_t, 2 * block_octets> end_; ///< rest, a one, zeros, length in bits
};

#define BUS_SHA_INSTRUCTIONS __attribute__((target("sha,sse4.1")))
#define BUS_SHA_STEP BUS_SHA_INSTRUCTIONS __attribute__((always_inline)) inline

BUS_SHA_INSTRUCTIONS void sha_lane::finish()
{
    const __m128i feba = _mm_shuffle_epi32(state_.abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(state_.cdgh, 0xb1);
    const __m128i dcba = _mm_blend_epi16(feba, dchg, 0xf0);
    const __m128i hgfe = _mm_alignr_epi8(dchg, feba, 8);
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    auto* const to = reinterpret_cast<__m128i*>(into_->data());
    _mm_storeu_si128(to, _mm_shuffle_epi8(dcba, big_endian));
    _mm_storeu_si128(to + 1, _mm_shuffle_epi8(hgfe, big_endian));
}

/// Four words of the schedule: the first ones from the block, the others made of the 16 before.
BUS_SHA_STEP __m128i next_words(std::array<__m128i, 4>& words, int group, const void* block)
{
    __m128i& next = words[group % 4];
    if (group < 4) {
        const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
        next = _mm_loadu_si128(static_cast<const __m128i*>(block) + group);
        return next = _mm_shuffle_epi8(next, big_endian);
    }
    const __m128i before = words[(group + 3) % 4];
    const __m128i seven_before = _mm_alignr_epi8(before, words[(group + 2) % 4], 4);
    next = _mm_add_epi32(_mm_sha256msg1_epu32(next, words[(group + 1) % 4]), seven_before);
    return next = _mm_sha256msg2_epu32(next, before);
}

BUS_SHA_STEP void four_rounds(sha_state& state, __m128i words, int group)
{
    const auto* const constants = reinterpret_cast<const __m128i*>(round_constants.data());
    const __m128i sums = _mm_add_epi32(words, _mm_load_si128(constants + group));
    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, sums);
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(sums, 0x0e));
}

/// The next block of each.
template <std::size_t Lanes>
BUS_SHA_INSTRUCTIONS void take_blocks(sha_lane* lanes)
{
    std::array<sha_state, Lanes> state;
    std::array<const void*, Lanes> block;
    std::array<std::array<__m128i, 4>, Lanes> words;
    for (std::size_t lane = 0; lane < Lanes; ++lane) {
        state[lane] = lanes[lane].state();
        block[lane] = lanes[lane].block();
    }
#pragma clang loop unroll(full)
    for (int group = 0; group < 16; ++group)
#pragma clang loop unroll(full)
        for (std::size_t lane = 0; lane < Lanes; ++lane)
            four_rounds(state[lane], next_words(words[lane], group, block[lane]), group);
    for (std::size_t lane = 0; lane < Lanes; ++lane) {
        sha_state& to = lanes[lane].state();
        to.abef = _mm_add_epi32(to.abef, state[lane].abef);
        to.cdgh = _mm_add_epi32(to.cdgh, state[lane].cdgh);
    }
}

/// Two at a time, whichever is next as soon as one is done.
void in_two_lanes(std::span<const hash_input> inputs, std::span<hash> into)
{
    std::array<sha_lane, 2> lanes;
    std::size_t begun = 0;
    const auto begin_next = [&](sha_lane& lane) {
        if (begun == inputs.size())
            return false;
        lane.begin(inputs[begun], into[begun]);
        ++begun;
        return true;
    };
    const auto go_on = [&](sha_lane& lane) {
        if (lane.advance())
            return true;
        lane.finish();
        return begin_next(lane);
    };
    bool left = begin_next(lanes[0]);
    bool right = begin_next(lanes[1]);
    while (left && right) {
        take_blocks<2>(lanes.data());
        left = go_on(lanes[0]);
        right = go_on(lanes[1]);
    }
    sha_lane& last = lanes[left ? 0 : 1];
    for (bool more = left || right; more; more = go_on(last))
        take_blocks<1>(&last);
}

#endif

} // namespace

void sha256_of_each(std::span<const hash_input> inputs, std::span<hash> into)
{
#if defined(__x86_64__)
    static const bool in_lanes = has_sha_instructions();
    if (in_lanes)
        return in_two_lanes(inputs, into);
#endif
    sha256_one_by_one(inputs, into);
}

void sha256_one_by_one(std::span<const hash_input> inputs, std::span<hash> into)
{
    thread_local sha256 sum;
    for (std::size_t at = 0; at < inputs.size(); ++at) {
        sum.start();
        sum.add(octets_of(*inputs[at].before));
        sum.add(inputs[at].octets);
        into[at] = sum.finish();
    }
}

} // namespace bus
