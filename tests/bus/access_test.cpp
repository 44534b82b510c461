#include "bus/access.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

access example()
{
    role gateway;
    gateway.name = "gateway";
    gateway.append = {"message.accepted"};
    gateway.content_write = true;
    gateway.slots_read = {"gateway"};
    gateway.slots_write = {"gateway", "link"};
    gateway.slots_erase = {"gateway"};
    role portal;
    portal.name = "portal";
    portal.append = {"access.attempted"};
    portal.content_read = true;
    portal.slots_read = {"link"};
    role auditor;
    auditor.name = "auditor";
    return access{{gateway, portal, auditor}};
}

append_request append_of(const std::string& type)
{
    append_request batch;
    batch.events = {{"id", type, ""}};
    return batch;
}

TEST(a_role, may_append_what_is_listed_and_nothing_else)
{
    const access rules = example();
    EXPECT_FALSE(rules.may_append("gateway", append_of("message.accepted")));
    EXPECT_TRUE(rules.may_append("gateway", append_of("message.accepted.too")));
    EXPECT_TRUE(rules.may_append("gateway", append_of("access.attempted")));
    EXPECT_TRUE(rules.may_append("portal", append_of("message.accepted")));
    EXPECT_TRUE(rules.may_append("auditor", append_of("message.accepted")));
    EXPECT_TRUE(rules.may_append("stranger", append_of("message.accepted")));
    append_request mixed = append_of("message.accepted");
    mixed.events.push_back({"id2", "message.revoked", ""});
    EXPECT_TRUE(rules.may_append("gateway", mixed)) << "one forbidden event forbids the batch";
}

TEST(a_role, that_only_follows_and_reads_may_not_write)
{
    const access rules = example();
    EXPECT_FALSE(rules.may_write("gateway"));
    EXPECT_FALSE(rules.may_write("portal"));
    EXPECT_TRUE(rules.may_write("auditor"));
    EXPECT_TRUE(rules.may_write("stranger"));
}

TEST(a_role, needs_the_flags_for_contents)
{
    const access rules = example();
    EXPECT_FALSE(rules.may_write_content("gateway"));
    EXPECT_TRUE(rules.may_write_content("portal"));
    EXPECT_FALSE(rules.may_read_content("portal"));
    EXPECT_TRUE(rules.may_read_content("gateway"));
    EXPECT_TRUE(rules.may_read_content("stranger"));
    append_request naming = append_of("access.attempted");
    naming.contents = {{"c", 1}};
    EXPECT_TRUE(rules.may_append("portal", naming));
}

TEST(a_role, needs_the_prefix_for_slots)
{
    const access rules = example();
    const auto named = [](const std::string& name) { return slot_request{"c", {name}}; };
    EXPECT_FALSE(rules.may_read_slots("gateway", named("gateway/a@b")));
    EXPECT_TRUE(rules.may_read_slots("gateway", named("link/a@b")));
    EXPECT_TRUE(rules.may_read_slots("gateway", named("gateway")));
    EXPECT_TRUE(rules.may_read_slots("gateway", named("gatewayx/a@b")));
    EXPECT_TRUE(rules.may_read_slots("gateway", named("/gateway/a")));
    EXPECT_FALSE(rules.may_erase_slots("gateway", named("gateway/a@b")));
    EXPECT_TRUE(rules.may_erase_slots("portal", named("link/a@b")));
    const slot_request both{"c", {"gateway/a", "link/a"}};
    EXPECT_TRUE(rules.may_erase_slots("gateway", both));
    append_request batch = append_of("access.attempted");
    batch.slots = {{"c", "link/a", "s"}};
    EXPECT_TRUE(rules.may_append("portal", batch));
}

TEST(a_role, is_known_only_when_listed)
{
    EXPECT_TRUE(example().knows("auditor"));
    EXPECT_FALSE(example().knows(""));
    EXPECT_FALSE(example().knows("stranger"));
}

} // namespace
} // namespace bus
