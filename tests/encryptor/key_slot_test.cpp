#include "encryptor/key_slot.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace encryptor {
namespace {

const slot_binding bound{"message-1", "bob@example.org", "content-1"};

/// One slot as the gateway seals it, and everything that opens it.
class link_slot : public ::testing::Test {
protected:
    std::optional<secret> open(const slot_binding& binding) const
    {
        return open_link_slot(slot, portal, token, binding);
    }

    box_key_pair portal = box_key_pair::generate();
    link_token token = link_token::random();
    secret content_key = secret::random(32);
    std::string slot = seal_link_slot(portal.public_key, token, content_key, bound);
};

TEST_F(link_slot, gives_the_content_key_to_portal_and_token_together)
{
    const auto opened = open(bound);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->view(), content_key.view());
}

TEST_F(link_slot, does_not_open_with_another_token)
{
    EXPECT_FALSE(open_link_slot(slot, portal, link_token::random(), bound));
}

TEST_F(link_slot, does_not_open_with_another_pair)
{
    EXPECT_FALSE(open_link_slot(slot, box_key_pair::generate(), token, bound));
}

TEST_F(link_slot, does_not_open_without_the_secret_key)
{
    EXPECT_FALSE(open_link_slot(slot, {portal.public_key, secret()}, token, bound));
}

TEST_F(link_slot, does_not_open_under_any_other_binding)
{
    EXPECT_FALSE(open({"message-2", bound.recipient, bound.content}));
    EXPECT_FALSE(open({bound.message, "eve@example.org", bound.content}));
    EXPECT_FALSE(open({bound.message, bound.recipient, "content-2"}));
    EXPECT_FALSE(open({bound.recipient, bound.message, bound.content}));
}

TEST_F(link_slot, binding_parts_cannot_flow_into_one_another)
{
    const std::string shifted =
        seal_link_slot(portal.public_key, token, content_key, {"ab", "c", "d"});
    EXPECT_TRUE(open_link_slot(shifted, portal, token, {"ab", "c", "d"}));
    EXPECT_FALSE(open_link_slot(shifted, portal, token, {"a", "bc", "d"}));
    EXPECT_FALSE(open_link_slot(shifted, portal, token, {"abc", "", "d"}));
}

TEST_F(link_slot, refuses_each_single_changed_bit)
{
    for (std::size_t bit = 0; bit < slot.size() * 8; ++bit) {
        std::string bad = slot;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
        EXPECT_FALSE(open_link_slot(bad, portal, token, bound)) << "bit " << bit;
    }
}

TEST_F(link_slot, refuses_every_other_length)
{
    for (std::size_t size = 0; size < slot.size(); ++size) {
        EXPECT_FALSE(open_link_slot(slot.substr(0, size), portal, token, bound)) << size;
    }
    EXPECT_FALSE(open_link_slot(slot + "x", portal, token, bound));
    EXPECT_FALSE(open_link_slot(std::string(100'000, 'x'), portal, token, bound));
}

TEST_F(link_slot, says_its_version_kind_and_key_in_the_clear)
{
    EXPECT_EQ(slot.substr(0, 2), (std::string{1, 'L'}));
    const std::string other =
        seal_link_slot(box_key_pair::generate().public_key, token, content_key, bound);
    const std::string again = seal_link_slot(portal.public_key, token, content_key, bound);
    EXPECT_EQ(slot.substr(2, 8), again.substr(2, 8));
    EXPECT_NE(slot.substr(2, 8), other.substr(2, 8));
    EXPECT_NE(slot, again);
}

TEST_F(link_slot, holds_neither_key_nor_token_in_the_clear)
{
    EXPECT_EQ(slot.find(content_key.view().substr(0, 8)), std::string::npos);
    EXPECT_EQ(slot.find(token.octets().substr(0, 8)), std::string::npos);
}

TEST_F(link_slot, is_not_sealed_to_what_is_no_key)
{
    EXPECT_THROW(seal_link_slot("short", token, content_key, bound), std::invalid_argument);
    EXPECT_THROW(
        seal_link_slot(std::string(32, '\0'), token, content_key, bound), std::invalid_argument);
}

class gateway_slot : public ::testing::Test {
protected:
    std::string seal(gateway_secret::kind what, std::string_view octets) const
    {
        return seal_gateway_slot(gateway.public_key, {what, secret::copy_of(octets)}, bound);
    }

    box_key_pair gateway = box_key_pair::generate();
};

TEST_F(gateway_slot, gives_back_what_it_holds_and_which_kind)
{
    const link_token token = link_token::random();
    const auto held =
        open_gateway_slot(seal(gateway_secret::kind::token, token.octets()), gateway, bound);
    ASSERT_TRUE(held);
    EXPECT_EQ(held->what, gateway_secret::kind::token);
    EXPECT_EQ(held->octets.view(), token.octets());

    const secret key = secret::random(32);
    const auto other =
        open_gateway_slot(seal(gateway_secret::kind::content_key, key.view()), gateway, bound);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->what, gateway_secret::kind::content_key);
    EXPECT_EQ(other->octets.view(), key.view());
}

TEST_F(gateway_slot, does_not_open_under_another_binding_or_pair)
{
    const std::string slot = seal(gateway_secret::kind::token, std::string(16, 't'));
    EXPECT_FALSE(open_gateway_slot(slot, box_key_pair::generate(), bound));
    EXPECT_FALSE(open_gateway_slot(slot, gateway, {"message-2", bound.recipient, bound.content}));
    EXPECT_FALSE(open_gateway_slot(slot, gateway, {bound.message, "eve@x.org", bound.content}));
    EXPECT_FALSE(open_gateway_slot(slot, gateway, {bound.message, bound.recipient, "content-2"}));
}

TEST_F(gateway_slot, refuses_each_single_changed_bit)
{
    const std::string slot = seal(gateway_secret::kind::token, std::string(16, 't'));
    for (std::size_t bit = 0; bit < slot.size() * 8; ++bit) {
        std::string bad = slot;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
        EXPECT_FALSE(open_gateway_slot(bad, gateway, bound)) << "bit " << bit;
    }
}

TEST_F(gateway_slot, is_no_link_slot)
{
    const secret key = secret::random(32);
    const link_token token = link_token::random();
    const std::string slot = seal(gateway_secret::kind::content_key, key.view());
    EXPECT_FALSE(open_link_slot(slot, gateway, token, bound));
    EXPECT_FALSE(
        open_gateway_slot(seal_link_slot(gateway.public_key, token, key, bound), gateway, bound));
}

TEST(slot_names, say_who_may_read_them_before_the_slash)
{
    EXPECT_EQ(link_slot_name("bob@example.org"), "link/bob@example.org");
    EXPECT_EQ(gateway_slot_name("bob@example.org"), "gateway/bob@example.org");
}

} // namespace
} // namespace encryptor
