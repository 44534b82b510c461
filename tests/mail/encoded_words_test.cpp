#include "mail/encoded_words.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mail {
namespace {

TEST(encoded_words, are_decoded_between_plain_text)
{
    EXPECT_EQ(decode_encoded_words("Re: =?utf-8?q?M=C3=A4rz?= figures"), "Re: März figures");
    EXPECT_EQ(decode_encoded_words("plain"), "plain");
    EXPECT_EQ(decode_encoded_words(""), "");
}

TEST(encoded_words, with_padding_do_not_end_the_text)
{
    EXPECT_EQ(
        decode_encoded_words(
            "=?utf-8?b?w5xiZXI=?= =?utf-8?b?IE3DpHJ6?= =?utf-8?B?IQ==?= =?utf-8?b?Pw==?="),
        "Über März!?");
}

TEST(encoded_words, that_split_a_character_are_joined)
{
    // U+00DC is C3 9C: one octet in each word, as careless programs write it.
    EXPECT_EQ(decode_encoded_words("=?utf-8?q?=C3?= =?utf-8?q?=9C?="), "Ü");
}

TEST(encoded_words, keep_white_space_beside_plain_text)
{
    EXPECT_EQ(decode_encoded_words("=?utf-8?b?QQ==?= and =?utf-8?b?Qg==?="), "A and B");
    EXPECT_EQ(decode_encoded_words("a=?= =?b"), "a=?= =?b");
}

TEST(encoded_words, that_are_broken_stay_as_they_are)
{
    for (const char* broken :
         {"=?", "=?utf-8", "=?utf-8?b", "=?utf-8?b?", "=?utf-8?b?QQ==", "=??b?QQ==?="})
        EXPECT_EQ(decode_encoded_words(broken), broken);
}

TEST(encoded_words, in_great_number_are_read_in_linear_time)
{
    std::string many;
    for (int count = 0; count < 3000; ++count)
        many += "=?utf-8?b?QQ==?= ";
    EXPECT_EQ(decode_encoded_words(many).substr(0, 3000), std::string(3000, 'A'));
    EXPECT_FALSE(decode_encoded_words(std::string(100 * 1024, '=')).empty());
}

} // namespace
} // namespace mail
