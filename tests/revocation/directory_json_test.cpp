#include "revocation/directory_json.hpp"
#include "tests/mail/story.hpp"
#include "tests/service/test_certificate.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

using nlohmann::json;
using revocation::parse_directory;

namespace {

std::string read(const std::filesystem::path& file)
{
    std::ifstream stream{file};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

/// "path: problem" of all faults of this input.
std::vector<std::string> paths(std::string_view body)
{
    std::vector<std::string> result;
    for (const auto& each : parse_directory(body, {}).faults)
        result.push_back(each.path);
    return result;
}
using lines = std::vector<std::string>;

TEST(directory_json, a_whole_directory_is_read)
{
    const auto read = parse_directory(
        R"({"organisation":{"name":"Contoso","force_link":true,"expiry_seconds":60},
            "domains":[{"domain":"Fabrikam.COM","identity":"office365"},
                       {"domain":"old.example","removed":true}],
            "recipients":[{"address":"Bob@outlook.com","identity":"microsoft_account",
                           "client":"other","reads_gcm":true}]})",
        {});
    ASSERT_TRUE(read.ok()) << read.faults.front().path << read.faults.front().problem;
    EXPECT_EQ(read.value.organisation->name, "Contoso");
    EXPECT_TRUE(read.value.organisation->force_link);
    EXPECT_EQ(read.value.organisation->expiry_seconds, 60);
    EXPECT_EQ(read.value.domains[0].domain, "fabrikam.com");
    EXPECT_EQ(read.value.domains[0].client, mail::client_type::outlook);
    EXPECT_TRUE(read.value.domains[1].removed);
    EXPECT_EQ(read.value.recipients[0].mailbox.text(), "Bob@outlook.com");
    EXPECT_EQ(read.value.recipients[0].client, mail::client_type::other);
    EXPECT_TRUE(read.value.recipients[0].reads_gcm);
}

TEST(directory_json, fields_of_the_organisation_that_are_left_out_stay)
{
    const auto read =
        parse_directory(R"({"organisation":{"force_link":false}})", {"Contoso", true, 60});
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read.value.organisation->name, "Contoso");
    EXPECT_FALSE(read.value.organisation->force_link);
    EXPECT_EQ(read.value.organisation->expiry_seconds, 60);
}

TEST(directory_json, without_an_organisation_there_is_no_change_of_it)
{
    EXPECT_FALSE(parse_directory("{}", {"Contoso", true, 60}).value.organisation);
}

TEST(directory_json, every_fault_is_named_with_its_path)
{
    EXPECT_EQ(
        paths(R"({"organisation":{"name":"","expiry_seconds":-1,"forcelink":true},
                  "domains":[{"domain":"not a domain","identity":"office365"},
                             {"domain":"a.example","identity":"office"},
                             {"domain":"b.example"},7],
                  "recipients":[{"address":"nobody","identity":"google"}],
                  "users":[]})"),
        (lines{
            "/organisation/forcelink",
            "/organisation/name",
            "/organisation/expiry_seconds",
            "/domains/0/domain",
            "/domains/1/identity",
            "/domains/2/identity",
            "/domains/3",
            "/recipients/0/address",
            "/users"}));
}

TEST(directory_json, an_entry_that_stands_twice_is_a_fault)
{
    EXPECT_EQ(
        paths(R"({"domains":[{"domain":"a.example","identity":"other"},
                             {"domain":"A.example","identity":"google"}],
                  "recipients":[{"address":"x@a.example","identity":"other"},
                                {"address":"X@a.example","identity":"other"}]})"),
        (lines{"/domains/1/domain", "/recipients/1/address"}));
}

TEST(directory_json, what_is_no_json_object_is_refused)
{
    for (const char* body : {"", "[]", "{", "null", R"({"domains":{}})", R"({"recipients":5})"})
        EXPECT_FALSE(parse_directory(body, {}).ok()) << body;
}

TEST(directory_json, a_certificate_is_kept_as_its_bare_pem)
{
    const test_folder folder;
    const test_certificate made{folder};
    json body;
    body["recipients"] = {
        {{"address", "a@b.example"},
         {"identity", "office365"},
         {"certificate", "some words before\n" + read(made.certificate)}}};
    const auto parsed = parse_directory(body.dump(), {});
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed.value.recipients[0].certificate, read(made.certificate));
}

TEST(directory_json, a_private_key_never_gets_into_the_log)
{
    const test_folder folder;
    const test_certificate made{folder};
    json body;
    body["recipients"] = {
        {{"address", "a@b.example"},
         {"identity", "office365"},
         {"certificate", read(made.certificate) + read(made.key)}}};
    const auto parsed = parse_directory(body.dump(), {});
    ASSERT_EQ(parsed.faults.size(), 1u);
    EXPECT_NE(parsed.faults[0].problem.find("private key"), std::string::npos);
    EXPECT_TRUE(parsed.value.recipients[0].certificate.empty());
}

TEST(directory_json, garbage_and_two_certificates_are_refused)
{
    const test_folder folder;
    const std::string one = read(test_certificate{folder}.certificate);
    for (const std::string& text : {std::string{"garbage"}, one + one, std::string(20'000, 'x')}) {
        json body;
        body["recipients"] = {
            {{"address", "a@b.example"}, {"identity", "office365"}, {"certificate", text}}};
        const auto parsed = parse_directory(body.dump(), {});
        ASSERT_EQ(parsed.faults.size(), 1u);
        EXPECT_EQ(parsed.faults[0].path, "/recipients/0/certificate");
    }
}

TEST(directory_json, what_is_shown_can_be_applied_again)
{
    mail::test::story told;
    mail::directory_changed change;
    change.organisation = mail::organisation_entry{"Contoso", true, 60};
    change.domains = {{"fabrikam.com", mail::identity_type::office365, mail::client_type::outlook}};
    change.recipients = {
        {mail::test::mailbox("bob@outlook.com"), mail::identity_type::microsoft_account, {}, {}}};
    change.actor = "admin";
    told.tell(change);
    const std::string shown = revocation::directory_json(told.ledger);
    EXPECT_EQ(
        shown,
        R"({"organisation":{"name":"Contoso","force_link":true,"expiry_seconds":60},)"
        R"("domains":[{"domain":"fabrikam.com","identity":"office365","client":"outlook"}],)"
        R"("recipients":[{"address":"bob@outlook.com","identity":"microsoft_account",)"
        R"("client":"outlook","certificate":"","reads_gcm":false}]})");
    EXPECT_TRUE(parse_directory(shown, told.ledger.organisation()).ok());
}

TEST(directory_json, an_answer_says_what_was_changed)
{
    EXPECT_EQ(
        to_json(revocation::directory_answer{}),
        R"({"changed":false,"seq":null,"organisation":false,"domains":0,"recipients":0})");
    EXPECT_EQ(
        to_json(revocation::directory_answer{7, true, 2, 3}),
        R"({"changed":true,"seq":7,"organisation":true,"domains":2,"recipients":3})");
}

} // namespace
