#include "mail/event_json.hpp"
#include "tests/mail/samples.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace mail {
namespace {

std::string why_refused(std::string_view json)
{
    try {
        parse_event(json);
    } catch (const invalid_event& error) {
        return error.what();
    }
    return "accepted";
}

std::string with_data(std::string_view type, std::string_view data)
{
    return R"({"specversion":"1.0","id":"e","source":"/x","type":"sealpost.)" + std::string(type) +
           R"(","datacontenttype":"application/json","data":)" + std::string(data) + "}";
}

TEST(hostile_json, that_is_no_event_is_refused_with_the_place)
{
    EXPECT_EQ(why_refused(""), "event: must be JSON in UTF-8");
    EXPECT_EQ(why_refused("{\"a\":}"), "event: must be JSON in UTF-8");
    EXPECT_EQ(why_refused("{} {}"), "event: must be JSON in UTF-8");
    EXPECT_EQ(why_refused("[]"), "event: must be an object");
    EXPECT_EQ(why_refused("null"), "event: must be an object");
    EXPECT_EQ(why_refused("{}"), "specversion: must be \"1.0\"");
    EXPECT_EQ(why_refused(R"({"specversion":1.0})"), "specversion: must be a text");
    EXPECT_EQ(why_refused(R"({"specversion":"1.0"})"), "id: is missing");
}

TEST(hostile_json, of_another_encoding_or_content_type_is_refused)
{
    EXPECT_NE(why_refused("{\"specversion\":\"\xFF\"}"), "accepted");
    EXPECT_NE(why_refused("{\"specversion\":\"\xED\xA0\x80\"}"), "accepted");
    EXPECT_NE(why_refused(std::string("{\"specversion\":\"1.0\0\"}", 22)), "accepted");
    EXPECT_EQ(
        why_refused(R"({"specversion":"1.0","datacontenttype":"text/xml"})"),
        "datacontenttype: must be \"application/json\"");
}

TEST(hostile_json, that_is_deep_or_long_is_refused_without_being_built)
{
    const std::string lists = std::string(300'000, '[') + std::string(300'000, ']');
    EXPECT_EQ(why_refused(lists), "event: must not be nested deeper than 16");
    std::string objects;
    for (int i = 0; i < 100'000; ++i)
        objects += "{\"a\":";
    objects += '1' + std::string(100'000, '}');
    EXPECT_EQ(why_refused(objects), "event: must not be nested deeper than 16");
    EXPECT_EQ(
        why_refused(std::string(longest_event + 1, ' ')), "event: must be at most 1048576 octets");
}

struct refusal {
    const char* type;
    const char* data;
    const char* why;
};

class hostile_data : public testing::TestWithParam<refusal> {};

TEST_P(hostile_data, is_refused_and_the_field_named)
{
    EXPECT_EQ(why_refused(with_data(GetParam().type, GetParam().data)), GetParam().why);
}

INSTANTIATE_TEST_SUITE_P(
    fields,
    hostile_data,
    testing::Values(
        refusal{"session.ended", "null", "data: is missing"},
        refusal{"session.ended", "[]", "data: must be an object"},
        refusal{"session.ended", "{}", "data.session: is missing"},
        refusal{"session.ended", R"({"session":null})", "data.session: is missing"},
        refusal{"session.ended", R"({"session":7})", "data.session: must be a text"},
        refusal{
            "session.ended",
            R"({"session":""})",
            "data.session: must be 1 to 255 visible ASCII characters"},
        refusal{
            "session.ended",
            R"({"session":"a b"})",
            "data.session: must be 1 to 255 visible ASCII characters"},
        refusal{
            "session.ended",
            R"({"session":"a\u0000"})",
            "data.session: must be 1 to 255 visible ASCII characters"},
        refusal{
            "session.ended",
            R"({"session":"\u00e4"})",
            "data.session: must be 1 to 255 visible ASCII characters"},
        refusal{
            "access.closed",
            R"({"attempt":"a","bytes":-1})",
            "data.bytes: must be a whole number from 0 to 18446744073709551615"},
        refusal{
            "access.closed",
            R"({"attempt":"a","bytes":1.5})",
            "data.bytes: must be a whole number from 0 to 18446744073709551615"},
        refusal{
            "access.closed",
            R"({"attempt":"a","bytes":18446744073709551616})",
            "event: must hold numbers of JSON alone, and none beyond 64 bits"},
        refusal{
            "access.closed",
            R"({"attempt":"a","bytes":"12"})",
            "data.bytes: must be a whole number from 0 to 18446744073709551615"},
        refusal{
            "access.closed",
            R"({"attempt":"a","bytes":1e999})",
            "event: must hold numbers of JSON alone, and none beyond 64 bits"},
        refusal{"passcode.tried", R"({"challenge":"c"})", "data.right: is missing"},
        refusal{
            "passcode.tried",
            R"({"challenge":"c","right":1})",
            "data.right: must be true or false"},
        refusal{
            "passcode.issued",
            R"({"challenge":"c","message":"m","recipient":"a@b","valid_seconds":-1})",
            "data.valid_seconds: must be 0 to 10000000000 seconds"},
        refusal{
            "passcode.issued",
            R"({"challenge":"c","message":"m","recipient":"a@b","valid_seconds":9223372036854775807})",
            "data.valid_seconds: must be 0 to 10000000000 seconds"},
        refusal{
            "passcode.issued",
            R"({"challenge":"c","message":"m","recipient":"a@b","valid_seconds":9223372036854775808})",
            "data.valid_seconds: must be a whole number of 64 bits"},
        refusal{
            "passcode.issued",
            R"({"challenge":"c","message":"m","recipient":"bob"})",
            "data.recipient: must be a mail address, local@domain"},
        refusal{
            "delivery.attempted",
            R"({"message":"m","recipient":"a@b","outcome":"lost"})",
            "data.outcome: must be one of delivered, deferred, failed, withheld"},
        refusal{
            "delivery.attempted",
            R"({"message":"m","recipient":"a@b","outcome":0})",
            "data.outcome: must be a text"},
        refusal{
            "delivery.attempted",
            R"({"message":"m","recipient":"a@b","outcome":"deferred","next_attempt":-5})",
            "data.next_attempt: must not be negative"},
        refusal{
            "message.revoked",
            R"({"message":"m","recipients":"a@b"})",
            "data.recipients: must be a list"},
        refusal{
            "message.revoked",
            R"({"message":"m","recipients":[""]})",
            "data.recipients: must be a mail address, local@domain"},
        refusal{
            "directory.changed",
            R"({"recipients":[{"address":"a@b","identity":"other","client":"other"},{"address":1}]})",
            "data.recipients[1].address: must be a text"},
        refusal{
            "directory.changed", R"({"organisation":[]})", "data.organisation: must be an object"},
        refusal{"directory.changed", R"({"domains":[[]]})", "data.domains[0]: must be an object"}));

TEST(hostile_json, never_says_more_than_what_is_wrong)
{
    const std::string secret(10'000, 's');
    EXPECT_LT(why_refused("{\"a\": \"" + secret).size(), 100U);
    EXPECT_LT(
        why_refused(with_data("session.ended", "{\"session\":\"" + secret + "\"}")).size(), 100U);
}

TEST(hostile_json, made_of_chance_is_read_or_refused_and_what_is_read_can_be_written)
{
    std::mt19937 chance(11);
    std::size_t read = 0;
    for (const event& sample : test::one_of_each()) {
        const std::string line = to_json(sample);
        for (int round = 0; round < 400; ++round) {
            std::string changed = line;
            for (int flips = 0; flips < 1 + round % 3; ++flips)
                changed[chance() % changed.size()] = static_cast<char>(chance());
            try {
                const std::string again = to_json(parse_event(changed));
                EXPECT_EQ(to_json(parse_event(again)), again);
                ++read;
            } catch (const invalid_event&) {
                continue;
            }
        }
    }
    EXPECT_GT(read, 100U);
}

TEST(hostile_json, cut_anywhere_is_refused)
{
    const std::string line = to_json(test::one_of_each().front());
    for (std::size_t length = 0; length < line.size(); ++length)
        EXPECT_THROW(parse_event(std::string_view(line).substr(0, length)), invalid_event);
}

} // namespace
} // namespace mail
