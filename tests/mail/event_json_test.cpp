#include "mail/event_json.hpp"
#include "tests/mail/samples.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace mail {
namespace {

using test::one_of_each;

TEST(event_json, gives_back_every_event_as_it_was)
{
    std::set<std::string> types;
    for (const event& fact : one_of_each()) {
        const std::string line = to_json(fact);
        const event read = parse_event(line);
        EXPECT_EQ(to_json(read), line);
        EXPECT_EQ(read.id, fact.id);
        EXPECT_EQ(read.source, fact.source);
        EXPECT_EQ(type_of(read), type_of(fact));
        EXPECT_EQ(line.find('\n'), std::string::npos);
        types.insert(std::string(type_of(fact)));
    }
    EXPECT_EQ(types.size(), std::variant_size_v<event_body> - 1) << "a type has no sample";
}

TEST(event_json, gives_back_every_field_of_a_message)
{
    const event sample = one_of_each().front();
    const auto& sent = std::get<message_accepted>(sample.body);
    const event read_event = parse_event(to_json(sample));
    const auto& read = std::get<message_accepted>(read_event.body);
    EXPECT_EQ(read.message, sent.message);
    EXPECT_EQ(read.message_id, sent.message_id);
    EXPECT_EQ(read.sender, sent.sender);
    EXPECT_EQ(read.subject, sent.subject);
    EXPECT_EQ(read.size, 18'446'744'073'709'551'615ULL);
    EXPECT_EQ(read.content, sent.content);
    EXPECT_EQ(read.protection, "Do Not Forward");
    EXPECT_EQ(read.template_name, "Blue");
    EXPECT_EQ(read.expiry_seconds, 604'800);
    ASSERT_EQ(read.recipients.size(), 2U);
    EXPECT_EQ(read.recipients[0].mailbox, sent.recipients[0].mailbox);
    EXPECT_EQ(read.recipients[0].identity, identity_type::google);
    EXPECT_EQ(read.recipients[0].client, client_type::other);
    EXPECT_EQ(read.recipients[0].delivery, delivery_mode::link);
    EXPECT_TRUE(read.recipients[0].revocable);
    EXPECT_EQ(read.recipients[0].rule, "directory");
    EXPECT_EQ(read.recipients[0].reason, "The directory says so.");
    EXPECT_EQ(read.recipients[0].link.text, "locator of bob@gmail.com");
    EXPECT_EQ(read.recipients[1].delivery, delivery_mode::in_line);
    EXPECT_TRUE(read.recipients[1].link.empty());
}

TEST(event_json, loses_no_bit_of_a_number)
{
    const event read = parse_event(to_json(one_of_each()[1]));
    EXPECT_EQ(std::get<delivery_attempted>(read.body).next_attempt, 9'007'199'254'740'993);
}

TEST(event_json, writes_a_cloud_event)
{
    const event fact{{"e1"}, "/portal/1", session_ended{{"abc"}}};
    EXPECT_EQ(
        to_json(fact),
        R"({"specversion":"1.0","id":"e1","source":"/portal/1","type":"sealpost.session.ended",)"
        R"("datacontenttype":"application/json","data":{"session":"abc"}})");
}

TEST(event_json, names_the_message_as_subject)
{
    const std::string subject = "\"subject\":\"" + test::first_message.text + "\"";
    for (const event& fact : one_of_each()) {
        const bool about_message = to_json(fact).find(subject) != std::string::npos;
        const std::string_view type = type_of(fact);
        const bool expected = type != passcode_tried::type && type != access_renewed::type &&
                              type != access_closed::type && type != session_ended::type &&
                              type != directory_changed::type;
        EXPECT_EQ(about_message, expected) << type;
    }
}

TEST(event_json, keeps_the_null_sender_of_a_bounce)
{
    event fact = one_of_each().front();
    std::get<message_accepted>(fact.body).sender = {};
    const event read = parse_event(to_json(fact));
    EXPECT_TRUE(std::get<message_accepted>(read.body).sender.is_null());
}

TEST(event_json, keeps_a_type_that_it_does_not_know_without_its_data)
{
    const event read = parse_event(
        R"({"specversion":"1.0","id":"e1","source":"/x","type":"sealpost.message.shredded","data":[1,{"a":null}]})");
    EXPECT_EQ(std::get<unknown_event>(read.body).type, "sealpost.message.shredded");
    EXPECT_EQ(type_of(read), "sealpost.message.shredded");
    EXPECT_NO_THROW(to_json(read));
}

TEST(event_json, ignores_fields_that_it_does_not_know)
{
    EXPECT_NO_THROW(parse_event(
        R"({"specversion":"1.0","id":"e","source":"/x","type":"sealpost.session.ended","time":"now",)"
        R"("data":{"session":"abc","later":{"deep":[[]]}}})"));
}

TEST(event_json, writes_octets_that_are_no_text_as_replacement_characters)
{
    event fact = one_of_each()[2];
    std::get<delivery_attempted>(fact.body).smtp_reply = "550 caf\xE9";
    const event read = parse_event(to_json(fact));
    EXPECT_EQ(std::get<delivery_attempted>(read.body).smtp_reply, "550 caf\uFFFD");
}

TEST(event_json, does_not_write_what_it_would_not_read)
{
    const auto refused = [](event_body body) {
        EXPECT_THROW(to_json({{"e"}, "/x", std::move(body)}), invalid_event);
    };
    refused(session_ended{});
    refused(session_ended{{"with space"}});
    refused(session_ended{{std::string(256, 'x')}});
    refused(unknown_event{});
    refused(delivery_attempted{"m", address(), {}, "", {}});
    refused(delivery_attempted{"m", test::mailbox("a@b"), {}, "", -1});
    refused(delivery_attempted{"m", test::mailbox("a@b"), {}, std::string(longest_event, 'x'), {}});
    refused(mail_submitted{{}, {"c"}, "", {address()}, 0});
    refused(mail_submitted{{}, {"c"}, "", {}, -1});
    EXPECT_THROW(to_json({{""}, "/x", session_ended{{"s"}}}), invalid_event);
    EXPECT_THROW(to_json({{std::string(65, 'x')}, "/x", session_ended{{"s"}}}), invalid_event);
    EXPECT_THROW(to_json({{"e"}, "", session_ended{{"s"}}}), invalid_event);
}

TEST(event_json, has_a_name_for_every_value)
{
    EXPECT_EQ(to_text(delivery_mode::in_line), "inline");
    EXPECT_EQ(to_text(delivery_outcome::withheld), "withheld");
    EXPECT_EQ(to_text(access_kind::forward), "forward");
    EXPECT_EQ(to_text(sign_in_method::passcode), "passcode");
    EXPECT_EQ(to_text(submission_kind::notice), "notice");
    EXPECT_EQ(to_text(role::auditor), "auditor");
    for (const auto identity :
         {identity_type::office365,
          identity_type::microsoft_account,
          identity_type::google,
          identity_type::yahoo,
          identity_type::other})
        EXPECT_EQ(parse_identity(to_text(identity)), identity);
    EXPECT_EQ(parse_client("outlook"), client_type::outlook);
    EXPECT_THROW(parse_client("Outlook"), invalid_event);
    try {
        parse_identity("gmail");
        ADD_FAILURE();
    } catch (const invalid_event& error) {
        EXPECT_STREQ(
            error.what(),
            "identity: must be one of office365, microsoft_account, google, yahoo, other");
    }
}

TEST(event_json, reads_the_examples_of_the_documentation_and_finds_every_type_there)
{
    const auto here = std::filesystem::path(__FILE__).parent_path();
    std::ifstream page(here / "../../docs/events.md");
    ASSERT_TRUE(page) << "docs/events.md";
    std::set<std::string> types;
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with("{\"specversion\""))
            continue;
        const event read = parse_event(line);
        EXPECT_EQ(to_json(read), line);
        types.insert(std::string(type_of(read)));
        EXPECT_FALSE(std::holds_alternative<unknown_event>(read.body)) << line;
    }
    EXPECT_EQ(types.size(), std::variant_size_v<event_body> - 1);
}

} // namespace
} // namespace mail
