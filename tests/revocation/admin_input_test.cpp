#include "revocation/admin_input.hpp"

#include <gtest/gtest.h>

using revocation::parse_access_request;
using revocation::parse_search;

namespace {

std::vector<std::string> paths(const std::vector<revocation::input_fault>& faults)
{
    std::vector<std::string> result;
    result.reserve(faults.size());
    for (const auto& each : faults)
        result.push_back(each.path);
    return result;
}
using lines = std::vector<std::string>;

TEST(access_request, an_empty_body_asks_for_all)
{
    for (const char* body : {"", "  \r\n", "{}", R"({"recipients":null})"}) {
        const auto request = parse_access_request(body);
        EXPECT_TRUE(request.ok()) << body;
        EXPECT_TRUE(request.value.recipients.empty());
    }
}

TEST(access_request, reason_note_and_recipients_are_read_each_once)
{
    const auto request = parse_access_request(
        R"({"recipients":["Carol@gmail.com","carol@GMAIL.com","d@example.org"],
            "reason":"wrong recipient","note":"Bitte löschen"})");
    ASSERT_TRUE(request.ok());
    EXPECT_EQ(request.value.recipients.size(), 2u);
    EXPECT_EQ(request.value.reason, "wrong recipient");
    EXPECT_EQ(request.value.note, "Bitte löschen");
}

TEST(access_request, an_empty_list_never_means_all)
{
    EXPECT_EQ(paths(parse_access_request(R"({"recipients":[]})").faults), lines{"/recipients"});
}

TEST(access_request, every_fault_is_named_at_once)
{
    const auto request = parse_access_request(
        R"({"recipients":["ok@example.org",7,"no address"],"reason":5,"notes":""})");
    EXPECT_EQ(
        paths(request.faults), (lines{"/notes", "/reason", "/recipients/1", "/recipients/2"}));
}

TEST(access_request, long_texts_are_refused)
{
    const std::string body = R"({"note":")" + std::string(1025, 'x') + "\"}";
    EXPECT_EQ(paths(parse_access_request(body).faults), lines{"/note"});
}

TEST(access_request, what_is_no_json_object_is_refused)
{
    for (const char* body : {"[", "[]", "null", "7", "{\"reason\":\"\xff\"}", "{\"a\":1,}"})
        EXPECT_FALSE(parse_access_request(body).ok()) << body;
    EXPECT_FALSE(parse_access_request(std::string(20'000, '[')).ok());
}

TEST(search_query, all_parameters_are_read)
{
    const auto wanted = parse_search(
        {{"sender", "a@b.example"}, {"status", "failed"}, {"limit", "7"}, {"cursor", "99"}});
    ASSERT_TRUE(wanted.ok());
    EXPECT_EQ(wanted.value.sender, "a@b.example");
    EXPECT_EQ(wanted.value.status, "failed");
    EXPECT_EQ(wanted.value.limit, 7u);
    EXPECT_EQ(wanted.value.before, 99u);
}

TEST(search_query, nothing_asked_gives_the_newest_hundred)
{
    const auto wanted = parse_search({});
    EXPECT_TRUE(wanted.ok());
    EXPECT_EQ(wanted.value.limit, 100u);
}

TEST(search_query, wrong_values_are_named)
{
    const auto wanted =
        parse_search({{"limit", "1001"}, {"cursor", "-1"}, {"status", "lost"}, {"x", "1"}});
    EXPECT_EQ(paths(wanted.faults), (lines{"cursor", "limit", "status", "x"}));
    for (const char* limit : {"0", "", "1e3", "99999999999999999999999"})
        EXPECT_FALSE(parse_search({{"limit", limit}}).ok()) << limit;
}

} // namespace
