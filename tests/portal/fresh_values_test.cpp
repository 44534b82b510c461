#include "encryptor/secret.hpp"
#include "portal/fresh_values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>

namespace {

TEST(FreshValues, passcodes_are_eight_digits_evenly_spread)
{
    encryptor::start_cryptography();
    std::array<std::array<int, 10>, 8> counts{};
    constexpr int many = 20'000;
    for (int i = 0; i < many; ++i) {
        const std::string code = portal::fresh_passcode();
        ASSERT_EQ(code.size(), 8U);
        for (std::size_t place = 0; place < 8; ++place) {
            ASSERT_TRUE(std::isdigit(static_cast<unsigned char>(code[place])));
            ++counts[place][static_cast<std::size_t>(code[place] - '0')];
        }
    }
    // 2,000 expected, standard deviation 42: eight of them are beyond chance.
    for (const auto& place : counts) {
        EXPECT_GT(*std::min_element(place.begin(), place.end()), 2000 - 8 * 43);
        EXPECT_LT(*std::max_element(place.begin(), place.end()), 2000 + 8 * 43);
    }
}

TEST(FreshValues, have_their_shapes_and_do_not_repeat)
{
    encryptor::start_cryptography();
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string uuid = portal::fresh_uuid();
        EXPECT_EQ(uuid.size(), 36U);
        EXPECT_EQ(uuid[14], '7');
        const std::string content = portal::fresh_content_id();
        EXPECT_EQ(content.size(), 32U);
        const std::string cookie = portal::fresh_cookie();
        EXPECT_EQ(cookie.size(), 64U);
        EXPECT_NE(portal::hash_of_cookie(cookie), cookie);
        EXPECT_EQ(portal::hash_of_cookie(cookie).size(), 64U);
        for (const std::string& value : {uuid, content, cookie}) {
            EXPECT_TRUE(seen.insert(value).second);
        }
        const std::string reference = portal::fresh_reference();
        EXPECT_EQ(reference.size(), 4U);
        EXPECT_EQ(reference.find_first_of("IO01abc"), std::string::npos);
    }
}

} // namespace
