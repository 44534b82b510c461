#include "encryptor/link_token.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace encryptor {
namespace {

link_token counting()
{
    return link_token::from_octets(
        std::string_view("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", 16));
}

struct token_text {
    const char* says;
    std::string text;
    bool good;
};

class link_token_texts : public ::testing::TestWithParam<token_text> {};

TEST_P(link_token_texts, are_read_or_refused)
{
    const auto read = link_token::parse(GetParam().text);
    EXPECT_EQ(read.has_value(), GetParam().good) << GetParam().says;
    if (read) {
        EXPECT_EQ(read->text(), GetParam().text);
    }
}

INSTANTIATE_TEST_SUITE_P(
    table,
    link_token_texts,
    ::testing::Values(
        token_text{"octets that count", "AAECAwQFBgcICQoLDA0ODw", true},
        token_text{"zeros", "AAAAAAAAAAAAAAAAAAAAAA", true},
        token_text{"ones, with the URL alphabet", "_____________________w", true},
        token_text{"both special characters", "-_-_-_-_-_-_-_-_-_-_-w", true},
        token_text{"empty", "", false},
        token_text{"one short", "AAECAwQFBgcICQoLDA0OD", false},
        token_text{"one long", "AAECAwQFBgcICQoLDA0ODwA", false},
        token_text{"padded", "AAECAwQFBgcICQoLDA0ODw==", false},
        token_text{"bits after the last octet", "AAECAwQFBgcICQoLDA0ODx", false},
        token_text{"the other alphabet", "++++++++++++++++++++/w", false},
        token_text{"a space in it", "AAECAwQFBgc CQoLDA0ODw", false},
        token_text{"a line end after it", "AAECAwQFBgcICQoLDA0ODw\n", false},
        token_text{"a zero octet", std::string("AAECAwQFBgcICQoLDA0OD\0", 22), false},
        token_text{"not ASCII", "AAECAwQFBgcICQoLDA0O\xc3\xa9", false},
        token_text{"very long", std::string(100'000, 'A'), false}));

TEST(link_token, is_random)
{
    std::set<std::string> seen;
    for (int n = 0; n < 1000; ++n) {
        seen.insert(link_token::random().text());
    }
    EXPECT_EQ(seen.size(), 1000u);
}

TEST(link_token, comes_back_from_its_text)
{
    const link_token token = link_token::random();
    EXPECT_EQ(token.text().size(), 22u);
    EXPECT_EQ(link_token::parse(token.text())->octets(), token.octets());
}

TEST(link_token, takes_16_octets_only)
{
    EXPECT_THROW(link_token::from_octets("short"), std::invalid_argument);
    EXPECT_THROW(link_token::from_octets(std::string(17, 'x')), std::invalid_argument);
}

// Computed with Python's hmac by RFC 5869: links in mails of years ago must stay readable.
TEST(link_token, locator_and_key_never_change)
{
    EXPECT_EQ(
        counting().locator(), "9b94fce08e708f9b4173375e053d1778026dd81115483e14411e4e4cf1292889");
    EXPECT_EQ(
        hexadecimal(counting().open_key().view()),
        "6e4b54d670da346774c9dcb661ed33be86af05e97153526bf39a47c4c0cc3805");
}

TEST(link_token, locator_and_key_are_unrelated)
{
    const link_token token = link_token::random();
    EXPECT_NE(token.locator(), hexadecimal(token.open_key().view()));
    EXPECT_NE(token.locator(), link_token::random().locator());
    EXPECT_EQ(token.locator().find(hexadecimal(token.octets())), std::string::npos);
}

} // namespace
} // namespace encryptor
