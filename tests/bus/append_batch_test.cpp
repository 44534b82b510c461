#include "bus/append_batch.hpp"

#include <gtest/gtest.h>

#include <map>

namespace bus {
namespace {

/// What stands in the log, as the tests want it.
class remembered_facts final : public stored_facts {
public:
    std::optional<known_event> find_event(const event& fact) override
    {
        const auto found = events.find(fact.id);
        if (found == events.end())
            return std::nullopt;
        return known_event{found->second.first, found->second.second == fact.payload};
    }
    std::optional<known_content> find_content(std::string_view content) override
    {
        const auto found = contents.find(content);
        return found == contents.end() ? std::nullopt : std::optional{found->second};
    }
    bool slot_exists(std::string_view, std::string_view name) override
    {
        return name == existing_slot;
    }

    std::map<std::string, std::pair<std::uint64_t, std::string>> events;
    std::map<std::string, known_content, std::less<>> contents;
    std::string existing_slot;
};

append_request one_event(const std::string& id = "a")
{
    append_request batch;
    batch.events = {{id, "type", "payload"}};
    return batch;
}

TEST(the_shape_of_an_append, is_accepted_up_to_its_limits)
{
    append_request batch = one_event(std::string(limit::event_id, 'x'));
    batch.events[0].payload = std::string(limit::payload, 'x');
    batch.events[0].type = std::string(limit::event_type, 't');
    batch.slots = {{"c", "link/a", std::string(limit::sealed_slot, 's')}};
    EXPECT_FALSE(check_shape(batch));
}

TEST(the_shape_of_an_append, is_refused_beyond_them)
{
    const auto refused = [](auto change) {
        append_request batch = one_event();
        change(batch);
        const auto fault = check_shape(batch);
        return fault && fault->code == wire_error::invalid;
    };
    EXPECT_TRUE(refused([](append_request& batch) { batch.events.clear(); }));
    EXPECT_TRUE(refused([](append_request& batch) { batch.events[0].id = ""; }));
    EXPECT_TRUE(refused([](append_request& batch) { batch.events[0].id = "two words"; }));
    EXPECT_TRUE(refused([](append_request& batch) { batch.events[0].id = std::string(65, 'x'); }));
    EXPECT_TRUE(
        refused([](append_request& batch) { batch.events[0].type = std::string(129, 'x'); }));
    EXPECT_TRUE(refused([](append_request& batch) { batch.events[0].type = "line\nfeed"; }));
    EXPECT_TRUE(refused([](append_request& batch) {
        batch.events[0].payload = std::string(limit::payload + 1, 'x');
    }));
    EXPECT_TRUE(refused([](append_request& batch) { batch.events.push_back(batch.events[0]); }));
    EXPECT_TRUE(refused([](append_request& batch) { batch.contents = {{"", 1}}; }));
    EXPECT_TRUE(refused([](append_request& batch) { batch.contents.resize(65, {"c", 1}); }));
    EXPECT_TRUE(refused([](append_request& batch) { batch.slots = {{"c", "link/a", ""}}; }));
    EXPECT_TRUE(refused([](append_request& batch) { batch.slots = {{"c", "", "s"}}; }));
    EXPECT_TRUE(refused([](append_request& batch) {
        batch.slots = {{"c", "link/a", "s"}, {"c", "link/a", "s"}};
    }));
    EXPECT_TRUE(refused([](append_request& batch) {
        for (int number = 0; number < 5; ++number)
            batch.events.push_back(
                {std::to_string(number), "type", std::string(limit::payload, 'x')});
    })) << "over the size of a packet";
}

TEST(an_append, is_new_where_nothing_is_known)
{
    remembered_facts stored;
    const append_decision decision = decide_append(one_event(), "writer", stored);
    EXPECT_FALSE(decision.refused);
    EXPECT_FALSE(decision.repeat);
    EXPECT_EQ(decision.seqs, std::vector<std::uint64_t>{0});
}

TEST(an_append, is_a_repeat_when_every_event_stands_in_the_log)
{
    remembered_facts stored;
    stored.events["a"] = {7, "payload"};
    append_request batch = one_event();
    batch.contents = {{"forgotten", 0}};
    batch.slots = {{"forgotten", "link/a", "s"}};
    const append_decision decision = decide_append(batch, "writer", stored);
    EXPECT_FALSE(decision.refused);
    EXPECT_TRUE(decision.repeat);
    EXPECT_EQ(decision.seqs, std::vector<std::uint64_t>{7});
}

TEST(an_append, conflicts_when_one_payload_differs)
{
    remembered_facts stored;
    stored.events["a"] = {7, "another"};
    EXPECT_EQ(decide_append(one_event(), "writer", stored).refused->code, wire_error::conflict);
}

TEST(an_append, may_add_slots_to_a_content_that_is_named_already)
{
    remembered_facts stored;
    stored.contents["c"] = {"other", 2, true};
    append_request batch = one_event();
    batch.slots = {{"c", "link/a", "s"}};
    EXPECT_FALSE(decide_append(batch, "writer", stored).refused);
    stored.contents["c"].named = false;
    EXPECT_EQ(decide_append(batch, "writer", stored).refused->code, wire_error::invalid);
    stored.contents["c"].named = true;
    stored.existing_slot = "link/a";
    EXPECT_EQ(decide_append(batch, "writer", stored).refused->code, wire_error::conflict);
}

TEST(an_append, names_a_content_only_for_the_role_that_put_it)
{
    remembered_facts stored;
    stored.contents["c"] = {"writer", 2, false};
    append_request batch = one_event();
    batch.contents = {{"c", 2}};
    EXPECT_FALSE(decide_append(batch, "writer", stored).refused);
    EXPECT_EQ(decide_append(batch, "thief", stored).refused->code, wire_error::refused);
}

} // namespace
} // namespace bus
