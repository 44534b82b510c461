#include "bus/locked_octets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace bus {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SEALPOST_LOCKS_NOTHING
#endif
#endif

/// Locked kilooctets of this process.
[[maybe_unused]] long locked()
{
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmLck:"))
            return std::stol(line.substr(6));
    return -1;
}

TEST(locked_octets, hold_what_they_were_made_of)
{
    EXPECT_TRUE(locked_octets{}.empty());
    EXPECT_TRUE(locked_octets::copy_of("").empty());
    EXPECT_EQ(locked_octets{3}.view(), std::string(3, '\0'));
    EXPECT_EQ(locked_octets::copy_of("a key").view(), "a key");
}

TEST(locked_octets, zero_the_text_that_they_were_taken_from)
{
    std::string text = "a key";
    EXPECT_EQ(locked_octets::taken_from(text).view(), "a key");
    EXPECT_EQ(text, std::string(5, '\0'));
}

TEST(locked_octets, are_copied_into_locked_memory_of_their_own)
{
    const locked_octets first = locked_octets::copy_of("a key");
    locked_octets second = first;
    EXPECT_EQ(second.view(), "a key");
    EXPECT_NE(second.data(), first.data());
    second = locked_octets::copy_of("another");
    EXPECT_EQ(first.view(), "a key");
    const std::uint8_t* place = second.data();
    const locked_octets third = std::move(second);
    EXPECT_EQ(third.data(), place);
}

/// Exit status of a forked copy that looks at `key`: 0 when it finds nothing but zeros.
int zero_in_a_copy(std::string_view key)
{
    const pid_t copy = ::fork();
    if (copy == 0)
        ::_exit(std::all_of(key.begin(), key.end(), [](char c) { return c == 0; }) ? 0 : 1);
    int status = -1;
    EXPECT_EQ(::waitpid(copy, &status, 0), copy);
    return status;
}

TEST(locked_octets, are_zero_in_a_forked_copy)
{
    const locked_octets key = locked_octets::copy_of("a key");
    const std::string unprotected = "a key";
    EXPECT_EQ(zero_in_a_copy(key.view()), 0);
    EXPECT_NE(zero_in_a_copy(unprotected), 0) << "the control: a copy shares what is not kept so";
    EXPECT_EQ(key.view(), "a key");
}

TEST(locked_octets, are_locked)
{
#ifdef SEALPOST_LOCKS_NOTHING
    GTEST_SKIP() << "SKIP: sanitizers make mlock do nothing";
#else
    const long before = locked();
    const locked_octets one{40};
    EXPECT_GT(locked(), before);
#endif
}

#ifndef SEALPOST_LOCKS_NOTHING
/// Makes a key where nothing can be locked, as root neither: another user has no CAP_IPC_LOCK.
void make_one_without_a_limit()
{
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_MEMLOCK, &none);
    if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0)
        std::exit(2);
    try {
        const locked_octets one{40};
    } catch (const std::exception& refused) {
        std::fprintf(stderr, "%s\n", refused.what());
        std::exit(3);
    }
    std::exit(0);
}
#endif

TEST(locked_octets, are_refused_where_nothing_can_be_locked)
{
#ifdef SEALPOST_LOCKS_NOTHING
    GTEST_SKIP() << "SKIP: sanitizers make mlock do nothing";
#else
    EXPECT_EXIT(
        make_one_without_a_limit(),
        testing::ExitedWithCode(3),
        "RLIMIT_MEMLOCK is 0 KiB.*ulimit -l");
#endif
}

} // namespace
} // namespace bus
