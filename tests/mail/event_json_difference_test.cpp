#include "mail/event_json.hpp"
#include "tests/bench/generated_log.hpp"
#include "tests/mail/reference_reader.hpp"
#include "tests/mail/samples.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// parse_event and a reader on another library must make the same of every text.
namespace mail {
namespace {

using test::json;

/// What a reader makes of a text: the event as it would be written again, or why it is refused.
template <class Reader>
std::string outcome(Reader read, std::string_view text)
{
    try {
        const event fact = read(text);
        return std::holds_alternative<unknown_event>(fact.body)
                   ? "unknown " + fact.id.text + ' ' + std::string(type_of(fact))
                   : to_json(fact);
    } catch (const invalid_event& refusal) {
        return std::string("refused: ") + refusal.what();
    }
}

constexpr std::string_view not_json = "refused: event: must be JSON in UTF-8";
constexpr std::string_view wrong_number =
    "refused: event: must hold numbers of JSON alone, and none beyond 64 bits";

/// Both refuse the whole text; which of two faults comes first is no matter.
bool is_refused_whole(const std::string& what)
{
    return what == not_json || what == wrong_number;
}

/// Counts what became of the texts, so that a test can say that it tested something.
struct tally {
    std::size_t read = 0;
    std::size_t refused = 0;

    void compare(std::string_view text)
    {
        const std::string fast = outcome(parse_event, text);
        const std::string reference = outcome(test::reference_event, text);
        ++(fast.starts_with("refused: ") ? refused : read);
        if (is_refused_whole(fast) && is_refused_whole(reference))
            return;
        if (fast == wrong_number && text.find("0000000000000000000000") != text.npos)
            return; // the other library takes whole numbers of any length for fractions
        EXPECT_EQ(fast, reference) << text;
    }
};

std::vector<std::string> corpus(std::size_t generated)
{
    std::vector<std::string> lines;
    for (const event& sample : test::one_of_each())
        lines.push_back(to_json(sample));
    bench::generated_log log;
    for (std::size_t i = 0; i < generated; ++i)
        lines.push_back(to_json(log.next().fact));
    return lines;
}

TEST(both_readers, give_back_what_was_written)
{
    tally all;
    for (const std::string& line : corpus(1500)) {
        all.compare(line);
        EXPECT_EQ(outcome(parse_event, line), line);
    }
    EXPECT_EQ(all.refused, 0U);
}

TEST(both_readers, agree_on_texts_cut_anywhere)
{
    tally all;
    for (const std::string& line : corpus(6)) {
        for (std::size_t length = 0; length < line.size(); ++length)
            all.compare(std::string_view(line).substr(0, length));
    }
    EXPECT_EQ(all.read, 0U);
    EXPECT_GT(all.refused, 5000U);
}

TEST(both_readers, agree_on_changed_octets)
{
    constexpr std::string_view pieces[] = {
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "\n",
        "\t",
        "0",
        "-",
        "1.5",
        "1e5",
        "1e999",
        "null",
        "true",
        "false",
        "\\u0000",
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\ude00",
        "\\ud83dx",
        "\\ud83d\\u0041",
        "\\x",
        "\\/",
        "\xC3\xA4",
        "\xC3",
        "\xFF",
        "\xED\xA0\x80",
        "\xF4\x90\x80\x80",
        "\xC0\x80",
        "\xEF\xBF\xBF",
        "01",
        "+1",
        ".5",
        "1.",
        "\"a\":1,",
        "//",
        "/**/"};
    std::mt19937 chance(5);
    tally all;
    for (const std::string& line : corpus(100)) {
        for (int round = 0; round < 20; ++round) {
            std::string changed = line;
            const std::size_t place = chance() % changed.size();
            if (round % 4 == 0)
                changed[place] = static_cast<char>(chance());
            else if (round % 4 == 1)
                changed.erase(place, 1 + chance() % 8);
            else
                changed.insert(place, pieces[chance() % std::size(pieces)]);
            all.compare(changed);
        }
    }
    EXPECT_GT(all.read, 200U);
    EXPECT_GT(all.refused, 800U);
}

/// Some value anywhere in `root`, or the root itself.
json& any_value(json& root, std::mt19937& chance)
{
    json* at = &root;
    while (at->is_structured() && !at->empty() && chance() % 4 != 0) {
        auto child = at->begin();
        std::advance(child, chance() % at->size());
        at = &*child;
    }
    return *at;
}

TEST(both_readers, agree_on_values_of_the_wrong_kind)
{
    const std::vector<json> values{
        nullptr,
        true,
        0,
        -1,
        1.0,
        1.5,
        18'446'744'073'709'551'615U,
        9'223'372'036'854'775'807,
        9'223'372'036'854'775'808U,
        10'000'000'000,
        10'000'000'001,
        "",
        "x",
        "a b",
        "bob",
        "a@b",
        "ä@b",
        "A@B.example",
        "\"quoted local\"@b",
        std::string(256, 'x'),
        std::string(65, 'y'),
        json::array(),
        json::array({1, "x"}),
        json::array({"a@b", nullptr}),
        json::object(),
        json::object({{"message", "m"}}),
        "delivered",
        "view",
        "office365",
        "1.0"};
    std::mt19937 chance(6);
    tally all;
    for (const std::string& line : corpus(100)) {
        for (int round = 0; round < 30; ++round) {
            json changed = json::parse(line);
            json& value = any_value(changed, chance);
            if (value.is_object() && !value.empty() && round % 3 == 0)
                value.erase(
                    std::next(value.begin(), static_cast<std::ptrdiff_t>(chance() % value.size())));
            else
                value = values[chance() % values.size()];
            all.compare(changed.dump());
        }
    }
    EXPECT_GT(all.read, 300U);
    EXPECT_GT(all.refused, 800U);
}

TEST(both_readers, take_the_last_of_two_fields_of_one_name)
{
    constexpr std::string_view envelope =
        R"({"specversion":"2.0","specversion":"1.0","id":"e","id":"f","source":"/x",)"
        R"("type":"sealpost.session.ended","data":[],"data":)";
    tally all;
    all.compare(std::string(envelope) + R"({"session":"a","session":"b"}})");
    all.compare(std::string(envelope) + R"({"session":"a","session":null}})");
    all.compare(std::string(envelope) + R"({"session":null,"session":"a"}})");
    all.compare(std::string(envelope) + R"({"session":"a"},"data":null})");
    EXPECT_EQ(all.read, 2U);
    EXPECT_EQ(all.refused, 2U);
    const event read = parse_event(std::string(envelope) + R"({"session":"a","session":"b"}})");
    EXPECT_EQ(read.id.text, "f");
    EXPECT_EQ(std::get<session_ended>(read.body).session.text, "b");
}

TEST(both_readers, stop_at_the_same_depth)
{
    tally all;
    for (std::size_t depth = 1; depth < 40; ++depth) {
        for (const bool lists : {true, false}) {
            std::string nested =
                R"({"specversion":"1.0","id":"e","source":"/x","type":"later","data":)";
            for (std::size_t i = 0; i < depth; ++i)
                nested += lists ? "[" : R"({"a":)";
            nested += lists ? "" : "1";
            for (std::size_t i = 0; i < depth; ++i)
                nested += lists ? "]" : "}";
            all.compare(nested + "}");
        }
    }
    EXPECT_GT(all.read, 20U);
    EXPECT_GT(all.refused, 20U);
}

TEST(both_readers, have_the_same_bound_of_size_and_read_on_after_large_events)
{
    event fact = test::one_of_each().front();
    auto& accepted = std::get<message_accepted>(fact.body);
    accepted.subject.clear();
    accepted.subject.assign(longest_event - to_json(fact).size() - 13, 's');
    const std::string largest = to_json(fact);
    EXPECT_EQ(largest.size(), longest_event);
    tally all;
    all.compare(largest);
    all.compare(largest + ' ');
    all.compare(to_json(test::one_of_each().back()));
    EXPECT_EQ(all.read, 2U);
    EXPECT_EQ(all.refused, 1U);
}

TEST(a_number_beyond_64_bits, is_refused_wherever_it_stands)
{
    for (const std::string number : {"18446744073709551616", "-9223372036854775809", "1e400"}) {
        const std::string text =
            R"({"specversion":"1.0","id":"e","source":"/x","type":"later","more":)" + number + "}";
        EXPECT_EQ(outcome(parse_event, text), wrong_number) << number;
    }
}

} // namespace
} // namespace mail
