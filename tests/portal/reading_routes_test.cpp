#include "portal/reading_routes.hpp"
#include "tests/portal/portal_under_test.hpp"

namespace {

using tests::portal_under_test;

const std::string attachment_octets = std::string("\0\1\2 canary attachment \xff", 23);

std::string sample_mail(const std::string& text = "The figures are attached.")
{
    return "From: Somebody <sender@contoso.com>\r\nTo: carol@gmail.com\r\nSubject: Figures\r\n"
           "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
           "Content-Type: text/plain\r\n\r\n" +
           text +
           "\r\n--b\r\nContent-Type: text/html; name=\"page.html\"\r\n"
           "Content-Disposition: attachment; filename=\"page.html\"\r\n\r\n<script>1</script>\r\n"
           "--b\r\nContent-Type: application/octet-stream\r\n"
           "Content-Disposition: attachment; filename*=UTF-8''%C3%9Cbersicht.bin\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\nAAECIGNhbmFyeSBhdHRhY2htZW50IP8=\r\n--b--\r\n";
}

class ReadingRoutes : public portal_under_test {
protected:
    sent_message message = send("carol@gmail.com", sample_mail());
};

TEST_F(ReadingRoutes, without_a_session_get_and_head_show_the_button_and_change_nothing)
{
    const std::size_t before = log.events.size();
    for (const char* method : {"GET", "HEAD"}) {
        const service::http_response page = ask("view", message.token, {}, method);
        EXPECT_EQ(page.status, 200U);
        EXPECT_TRUE(has(page.body, "Send me a one-time passcode"));
        EXPECT_FALSE(has(page.body, "figures"));
        const service::http_response download = ask("attachment", message.token, {}, method);
        EXPECT_EQ(download.status, 303U);
        EXPECT_EQ(header(download, "Location"), "/m/" + message.token);
    }
    EXPECT_EQ(log.events.size(), before);
}

TEST_F(ReadingRoutes, over_an_imported_log_no_address_of_a_message_answers)
{
    sign_in(message);
    log.imported = true;
    const std::size_t before = log.events.size();
    const std::size_t contents = log.contents.size();
    for (const std::string& token : {message.token, std::string(22, 'A')}) {
        for (const char* route :
             {"view",
              "attachment",
              "passcode",
              "sign-in form",
              "sign-in",
              "sign-out",
              "signed-out"}) {
            const service::http_response page = ask(route, token);
            EXPECT_EQ(page.status, 503U) << route;
            EXPECT_TRUE(has(page.body, "This is a replay")) << route;
            EXPECT_FALSE(page.source) << route;
        }
    }
    EXPECT_EQ(ask("welcome", "").status, 200U);
    EXPECT_EQ(log.events.size(), before);
    EXPECT_EQ(log.contents.size(), contents);
}

TEST_F(ReadingRoutes, unknown_and_malformed_links_look_the_same)
{
    const std::string unknown(22, 'A');
    const service::http_response one = ask("view", unknown);
    EXPECT_EQ(one.status, 404U);
    for (const std::string other : {"x", "", "AAAAAAAAAAAAAAAAAAAAA!"}) {
        EXPECT_EQ(ask("view", other).status, 404U);
    }
    EXPECT_EQ(log.events.size(), 1U);
}

TEST_F(ReadingRoutes, a_signed_in_reader_reads_and_the_log_says_so)
{
    sign_in(message);
    service::http_response page = ask("view", message.token);
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(log.count("sealpost.access.attempted"), 1U); // before the first octet
    EXPECT_EQ(log.count("sealpost.access.closed"), 0U);
    const std::string body = read(page);
    EXPECT_TRUE(has(body, "The figures are attached."));
    EXPECT_TRUE(has(body, "Übersicht.bin"));
    const auto& attempted = log.last<mail::access_attempted>();
    EXPECT_EQ(attempted.portal, "portal-2");
    EXPECT_EQ(attempted.recipient, message.recipient);
    EXPECT_EQ(attempted.what, mail::access_kind::view);
    const auto& closed = log.last<mail::access_closed>();
    EXPECT_EQ(closed.bytes, body.size());
    EXPECT_EQ(closed.ending, "complete");
    EXPECT_EQ(log.facts.back().source, "/portal/portal-2");
}

TEST_F(ReadingRoutes, neither_cookie_nor_token_nor_body_stand_in_an_event)
{
    sign_in(message);
    service::http_response page = ask("view", message.token);
    read(page);
    const std::string value = cookie.substr(cookie.find('=') + 1);
    for (const bus::event& event : log.events) {
        EXPECT_FALSE(has(event.payload, value));
        EXPECT_FALSE(has(event.payload, message.token));
        EXPECT_FALSE(has(event.payload, "attached"));
    }
}

TEST_F(ReadingRoutes, an_attachment_comes_octet_for_octet_to_be_saved)
{
    sign_in(message);
    index = "1";
    service::http_response download = ask("attachment", message.token);
    EXPECT_EQ(download.status, 200U);
    EXPECT_EQ(
        header(download, "Content-Disposition"),
        "attachment; filename=\"_bersicht.bin\"; filename*=UTF-8''%C3%9Cbersicht.bin");
    EXPECT_EQ(header(download, "Content-Type"), "application/octet-stream");
    EXPECT_EQ(read(download), attachment_octets);
    EXPECT_EQ(log.last<mail::access_attempted>().what, mail::access_kind::attachment);
    EXPECT_EQ(log.last<mail::access_attempted>().item, "1");
    EXPECT_EQ(log.last<mail::access_closed>().bytes, attachment_octets.size());
}

TEST_F(ReadingRoutes, an_html_attachment_is_no_page)
{
    sign_in(message);
    service::http_response download = ask("attachment", message.token);
    EXPECT_EQ(header(download, "Content-Type"), "application/octet-stream");
    EXPECT_TRUE(has(header(download, "Content-Security-Policy"), "sandbox"));
    read(download);
}

TEST_F(ReadingRoutes, an_attachment_that_is_not_there_is_not_read)
{
    sign_in(message);
    const std::size_t before = log.events.size();
    for (const char* wrong : {"x", "-1", "01", "1000", "99999999999999999999", ""}) {
        index = wrong;
        EXPECT_EQ(ask("attachment", message.token).status, 404U) << wrong;
    }
    EXPECT_EQ(log.events.size(), before);
    index = "2";
    EXPECT_EQ(ask("attachment", message.token).status, 404U);
    settle();
    EXPECT_EQ(log.last<mail::access_closed>().bytes, 0U);
}

TEST_F(ReadingRoutes, head_of_a_view_appends_nothing)
{
    sign_in(message);
    const std::size_t before = log.events.size();
    service::http_response page = ask("view", message.token, {}, "HEAD");
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(page.body, "");
    EXPECT_FALSE(page.source);
    EXPECT_EQ(log.events.size(), before);
}

TEST_F(ReadingRoutes, after_a_revoke_the_page_says_so_with_and_without_a_session)
{
    sign_in(message);
    revoke(message, "A new mail follows.");
    const std::size_t before = log.events.size();
    for (const char* route : {"view", "attachment", "passcode", "sign-in form", "sign-in"}) {
        for (const std::string& with : {cookie, std::string{}}) {
            cookie = with;
            const service::http_response page = ask(route, message.token);
            EXPECT_EQ(page.status, 410U) << route;
            EXPECT_TRUE(has(page.body, "The message has been revoked by the sender"));
            EXPECT_TRUE(has(page.body, "A new mail follows."));
            EXPECT_FALSE(has(page.body, "<form"));
        }
    }
    EXPECT_EQ(log.events.size(), before);
}

TEST_F(ReadingRoutes, an_expired_message_has_its_own_page_and_no_event)
{
    const sent_message brief = send("carol@gmail.com", sample_mail(), 10);
    sign_in(brief);
    log.now += 9'999;
    service::http_response page = ask("view", brief.token);
    EXPECT_EQ(page.status, 200U);
    EXPECT_TRUE(has(read(page), "It can be read until"));
    log.now += 2;
    const std::size_t before = log.events.size();
    const service::http_response expired = ask("view", brief.token);
    EXPECT_EQ(expired.status, 410U);
    EXPECT_TRUE(has(expired.body, "expired"));
    EXPECT_EQ(log.events.size(), before);
}

TEST_F(ReadingRoutes, a_revoke_between_the_look_and_the_attempt_wins)
{
    sign_in(message);
    log.before_append = [&](const bus::append_batch& batch) {
        if (batch.events.front().type == mail::access_attempted::type) {
            log.before_append = nullptr;
            revoke(message);
        }
    };
    const service::http_response page = ask("view", message.token);
    EXPECT_EQ(page.status, 410U);
    EXPECT_TRUE(has(page.body, "The message has been revoked by the sender"));
    settle();
    EXPECT_EQ(log.count("sealpost.access.closed"), 0U) << "no grant, nothing to close";
}

TEST_F(ReadingRoutes, a_session_of_another_mailbox_opens_nothing)
{
    const sent_message other = send("dave@example.org", sample_mail());
    sign_in(other);
    const service::http_response page = ask("view", message.token);
    EXPECT_EQ(page.status, 200U);
    EXPECT_TRUE(has(page.body, "Send me a one-time passcode"));
    EXPECT_EQ(log.count("sealpost.access.attempted"), 0U);
    EXPECT_EQ(ask("attachment", message.token).status, 303U);
}

TEST_F(ReadingRoutes, a_session_ends_after_an_hour)
{
    sign_in(message);
    log.now += 3'600'001;
    EXPECT_TRUE(has(ask("view", message.token).body, "Send me a one-time passcode"));
}

TEST_F(ReadingRoutes, one_session_reads_every_message_of_its_mailbox)
{
    const sent_message second = send("carol@gmail.com", sample_mail("Another one."));
    sign_in(message);
    service::http_response page = ask("view", second.token);
    EXPECT_TRUE(has(read(page), "Another one."));
}

TEST_F(ReadingRoutes, without_the_bus_nothing_is_shown)
{
    sign_in(message);
    log.down = true;
    for (const char* route :
         {"view", "attachment", "passcode", "sign-in form", "sign-in", "sign-out"}) {
        const service::http_response page = ask(route, message.token);
        EXPECT_EQ(page.status, 503U) << route;
        EXPECT_FALSE(header(page, "Retry-After").empty());
        EXPECT_FALSE(has(page.body, "figures"));
        EXPECT_FALSE(page.source);
    }
}

TEST_F(ReadingRoutes, an_attempt_whose_answer_is_lost_shows_nothing_and_is_closed_with_no_octets)
{
    sign_in(message);
    log.lose_answer = true;
    const service::http_response page = ask("view", message.token);
    EXPECT_EQ(page.status, 503U);
    EXPECT_FALSE(page.source);
    settle();
    EXPECT_EQ(log.last<mail::access_closed>().bytes, 0U);
}

TEST_F(ReadingRoutes, a_bus_that_fails_in_the_middle_of_opening_shows_nothing)
{
    sign_in(message);
    log.before_append = [&](const bus::append_batch&) {
        log.contents[message.content].pop_back(); // the final tag is missing
        log.before_append = nullptr;
    };
    const service::http_response page = ask("view", message.token);
    EXPECT_EQ(page.status, 500U);
    EXPECT_FALSE(has(page.body, "figures"));
}

TEST_F(ReadingRoutes, forged_content_and_foreign_slots_show_nothing)
{
    sign_in(message);
    const std::string slot_name = encryptor::link_slot_name(message.recipient.key());
    const std::string slot = log.slots[{message.content, slot_name}];
    log.slots[{message.content, slot_name}].back() ^= 1;
    EXPECT_EQ(ask("view", message.token).status, 500U);
    log.slots[{message.content, slot_name}] = slot;
    log.contents[message.content].front()[100] ^= 1;
    const service::http_response page = ask("view", message.token);
    EXPECT_EQ(page.status, 500U);
    EXPECT_FALSE(has(page.body, "igures are"));
    settle();
    EXPECT_EQ(log.last<mail::access_closed>().bytes, 0U);
}

} // namespace
