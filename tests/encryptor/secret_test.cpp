#include "encryptor/locked_memory.hpp"
#include "encryptor/secret.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>
#include <type_traits>

namespace encryptor {
namespace {

static_assert(!std::is_copy_constructible_v<secret>);
static_assert(!std::is_convertible_v<secret, std::string>);

std::uintptr_t position(const secret& held)
{
    return reinterpret_cast<std::uintptr_t>(held.bytes().data());
}

/// Lines of /proc/self/smaps about the mapping that holds the secret.
[[maybe_unused]] std::string mapping_of(const secret& held)
{
    std::ifstream maps("/proc/self/smaps");
    std::string found;
    bool inside = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t first = 0;
        std::uintptr_t last = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &first, &last) == 2) {
            inside = position(held) >= first && position(held) < last;
        }
        if (inside) {
            found += line + "\n";
        }
    }
    return found;
}

TEST(secret, starts_as_zeros)
{
    const secret made(40);
    EXPECT_EQ(made.view(), std::string(40, '\0'));
    EXPECT_TRUE(secret().empty());
    EXPECT_TRUE(secret(0).empty());
}

TEST(secret, zeroes_what_it_held_before_the_cell_is_used_again)
{
    std::uintptr_t before = 0;
    {
        const secret first = secret::copy_of("a very secret text of some length");
        before = position(first);
    }
    const secret second(33);
    ASSERT_EQ(position(second), before);
    EXPECT_EQ(second.view(), std::string(33, '\0'));
}

TEST(secret, moves_without_leaving_a_copy)
{
    secret first = secret::copy_of("0123456789abcdef");
    const std::uintptr_t held = position(first);
    const secret second = std::move(first);
    EXPECT_EQ(position(second), held);
    EXPECT_TRUE(first.empty()); // NOLINT(bugprone-use-after-move): this is what is tested
}

TEST(secret, assignment_gives_the_old_octets_back_at_once)
{
    secret kept = secret::copy_of("old");
    const std::uintptr_t old = position(kept);
    secret taken = secret::copy_of("new");
    kept = std::move(taken);
    EXPECT_EQ(kept.view(), "new");
    EXPECT_EQ(position(secret(3)), old);
}

TEST(secret, many_share_few_pages)
{
    std::vector<secret> all;
    std::set<std::uintptr_t> pages;
    for (int n = 0; n < 4000; ++n) {
        all.push_back(secret::random(32));
        pages.insert(position(all.back()) / 4096);
    }
    EXPECT_LE(pages.size(), 5u * 16);
    std::set<std::string> different;
    for (const secret& one : all) {
        different.insert(std::string(one.view()));
    }
    EXPECT_EQ(different.size(), all.size());
}

TEST(secret, of_any_size_is_aligned_and_separate)
{
    std::vector<secret> all;
    for (std::size_t size : {1, 63, 64, 65, 127, 128, 129, 4096, 70'000}) {
        all.push_back(secret(size));
        EXPECT_EQ(position(all.back()) % 64, 0u);
        std::ranges::fill(all.back().bytes(), static_cast<std::uint8_t>(all.size()));
    }
    for (std::size_t n = 0; n < all.size(); ++n) {
        EXPECT_TRUE(std::ranges::all_of(
            all[n].bytes(), [n](std::uint8_t octet) { return octet == n + 1; }));
    }
}

TEST(secret, can_be_taken_and_given_back_by_many_threads)
{
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int n = 0; n < 4; ++n) {
        threads.emplace_back([n] {
            for (int round = 0; round < 2000; ++round) {
                secret mine(round % 2 == 0 ? 32 : 100);
                std::ranges::fill(mine.bytes(), static_cast<std::uint8_t>(n + 1));
                const secret moved = std::move(mine);
                ASSERT_TRUE(std::ranges::all_of(
                    moved.bytes(), [n](std::uint8_t octet) { return octet == n + 1; }));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer) &&                         \
    !__has_feature(thread_sanitizer)
TEST(secret, lies_in_locked_memory_that_is_not_dumped)
{
    for (const std::size_t size : {32, 128, 5000}) {
        const std::string mapping = mapping_of(secret(size));
        const std::size_t flags = mapping.find("VmFlags:");
        ASSERT_NE(flags, std::string::npos) << mapping;
        EXPECT_NE(mapping.find(" lo", flags), std::string::npos) << "not locked: " << mapping;
        EXPECT_NE(mapping.find(" dd", flags), std::string::npos) << "dumped: " << mapping;
    }
}
#endif

TEST(start_cryptography, accepts_this_machine_and_can_be_called_again)
{
    EXPECT_NO_THROW(start_cryptography());
    EXPECT_NO_THROW(start_cryptography());
}

TEST(hexadecimal, is_lower_case)
{
    EXPECT_EQ(hexadecimal(std::string_view("\x00\xff\x1a", 3)), "00ff1a");
    EXPECT_EQ(hexadecimal(""), "");
}

TEST(sha256, gives_the_published_value)
{
    EXPECT_EQ(
        hexadecimal(sha256("abc")),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(hmac_sha256, gives_the_values_of_rfc_4231)
{
    EXPECT_EQ(
        hexadecimal(hmac_sha256("Jefe", "what do ya want for nothing?")),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(
        hexadecimal(hmac_sha256(
            std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(equal_in_constant_time, compares_length_and_octets)
{
    EXPECT_TRUE(equal_in_constant_time("same", "same"));
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_FALSE(equal_in_constant_time("same", "sama"));
    EXPECT_FALSE(equal_in_constant_time("same", "same "));
}

TEST(random_octets, differ)
{
    EXPECT_EQ(random_octets(16).size(), 16u);
    EXPECT_NE(random_octets(16), random_octets(16));
}

} // namespace
} // namespace encryptor
