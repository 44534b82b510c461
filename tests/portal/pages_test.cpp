#include "portal/answer.hpp"
#include "portal/message_page.hpp"
#include "portal/pages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace portal;

const std::string hostile = "<script>alert(\"1\")</script>'\"><img src=x onerror=alert(1)>&amp;";
const page_frame frame{"Contoso", "AAAAAAAAAAAAAAAAAAAAAA"};

std::string header(const service::http_response& response, std::string_view name)
{
    for (const auto& [key, value] : response.headers) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

std::vector<service::http_response> every_page(const page_frame& of, const std::string& text)
{
    std::vector<service::http_response> pages;
    pages.push_back(landing_page(of, text));
    pages.push_back(sign_in_page(200, of, {text, text, text, text}));
    pages.push_back(passcode_over_page(403, of, text, text));
    pages.push_back(too_many_page(of, text, text, 60));
    pages.push_back(revoked_page(of, text));
    pages.push_back(shredded_page(of));
    pages.push_back(expired_page(of));
    pages.push_back(unknown_page(of));
    pages.push_back(unavailable_page(of));
    pages.push_back(replay_page(of));
    pages.push_back(busy_page(of));
    pages.push_back(signed_out_page(of));
    pages.push_back(welcome_page(of));
    pages.push_back(error_page(500, of));
    return pages;
}

TEST(Pages, hold_no_script_whatever_they_are_given)
{
    for (const service::http_response& page : every_page({hostile, "TOKEN"}, hostile)) {
        EXPECT_FALSE(has(page.body, "<script")) << page.body;
        EXPECT_FALSE(has(page.body, "<img")) << page.body;
        EXPECT_TRUE(has(page.body, "&lt;script&gt;")) << page.body;
        EXPECT_FALSE(has(page.body, "{{"));
    }
}

TEST(Pages, have_what_readers_and_their_tools_need)
{
    for (const service::http_response& page : every_page(frame, "x")) {
        EXPECT_TRUE(has(page.body, "<html lang=\"en\">"));
        EXPECT_TRUE(has(page.body, "name=\"viewport\""));
        EXPECT_TRUE(has(page.body, "<main id=\"content\""));
        EXPECT_TRUE(has(page.body, "href=\"#content\""));
        EXPECT_EQ(
            std::count(page.body.begin(), page.body.end(), '<'),
            std::count(page.body.begin(), page.body.end(), '>'));
        const std::size_t heading = page.body.find("<h1>");
        EXPECT_NE(heading, std::string::npos);
        EXPECT_EQ(page.body.find("<h1", heading + 1), std::string::npos);
        const std::string policy = header(page, "Content-Security-Policy");
        for (const std::string_view part :
             {"default-src 'none'",
              "base-uri 'none'",
              "frame-ancestors 'none'",
              "form-action 'self'"}) {
            EXPECT_TRUE(has(policy, part)) << policy;
        }
        EXPECT_FALSE(has(policy, "unsafe"));
    }
}

TEST(Pages, every_standing_of_a_link_has_its_status_and_words)
{
    struct row {
        standing state;
        unsigned status;
        std::string_view words;
    };
    const std::vector<row> rows = {
        {standing::revoked, 410, "The message has been revoked by the sender"},
        {standing::shredded, 410, "deleted for good"},
        {standing::expired, 410, "expired"},
        {standing::unknown, 404, "no message at this address"},
        {standing::unconfirmed, 503, "cannot confirm right now"},
    };
    for (const row& one : rows) {
        const service::http_response page = answer_standing(one.state, frame, "");
        EXPECT_EQ(page.status, one.status);
        EXPECT_TRUE(has(page.body, one.words)) << page.body;
        EXPECT_FALSE(has(page.body, "<form")) << "asks for nothing";
        EXPECT_EQ(header(page, "Retry-After").empty(), one.status != 503);
        const bool says_revoked = has(page.body, "The message has been revoked by the sender");
        EXPECT_EQ(says_revoked, one.state == standing::revoked);
    }
}

TEST(Pages, the_revoked_page_shows_the_note_when_there_is_one)
{
    EXPECT_FALSE(has(revoked_page(frame, "").body, "<blockquote>"));
    const std::string body = revoked_page(frame, "A new mail\nfollows <soon>.").body;
    EXPECT_TRUE(has(body, "<blockquote>A new mail\nfollows &lt;soon&gt;.</blockquote>")) << body;
}

TEST(Pages, the_landing_page_has_the_one_button)
{
    const service::http_response page = landing_page(frame, "c***@gmail.com");
    EXPECT_EQ(page.status, 200U);
    EXPECT_TRUE(has(page.body, "Send me a one-time passcode</button>"));
    EXPECT_TRUE(has(page.body, "method=\"post\" action=\"/m/AAAAAAAAAAAAAAAAAAAAAA/passcode\""));
    EXPECT_EQ(page.body.find("<button"), page.body.rfind("<button"));
    EXPECT_TRUE(has(page.body, "c***@gmail.com"));
}

TEST(Pages, the_sign_in_page_helps_the_keyboard_and_the_password_store)
{
    const std::string body =
        sign_in_page(200, frame, {"challenge-1", "K7QX", "c***@gmail.com", ""}).body;
    for (const std::string_view part :
         {"name=\"code\"",
          "inputmode=\"numeric\"",
          "autocomplete=\"one-time-code\"",
          "<label for=\"code\">",
          "name=\"challenge\" value=\"challenge-1\"",
          "K7QX",
          "action=\"/m/AAAAAAAAAAAAAAAAAAAAAA/sign-in\""}) {
        EXPECT_TRUE(has(body, part)) << part;
    }
    EXPECT_FALSE(has(body, "role=\"alert\""));
}

TEST(Pages, a_failed_sign_in_says_what_to_do_next)
{
    const sign_in_form form{"c1", "K7QX", "c***@gmail.com", ""};
    const auto answer = [&](sign_in_outcome outcome, std::uint32_t left) {
        return answer_sign_in(outcome, frame, form, left);
    };
    EXPECT_TRUE(has(answer(sign_in_outcome::wrong, 3).body, "3 tries left"));
    EXPECT_TRUE(has(answer(sign_in_outcome::wrong, 1).body, "one try left"));
    EXPECT_TRUE(has(answer(sign_in_outcome::wrong, 1).body, "role=\"alert\""));
    EXPECT_TRUE(has(answer(sign_in_outcome::malformed, 5).body, "8 digits"));
    for (const auto outcome :
         {sign_in_outcome::used, sign_in_outcome::expired, sign_in_outcome::foreign}) {
        EXPECT_EQ(answer(outcome, 0).status, 403U);
        EXPECT_TRUE(has(answer(outcome, 0).body, "Send me a new passcode"));
    }
    EXPECT_EQ(answer(sign_in_outcome::too_many_tries, 0).status, 429U);
    EXPECT_EQ(answer_too_many_passcodes(frame).status, 429U);
    EXPECT_EQ(header(answer_too_many_passcodes(frame), "Retry-After"), "900");
}

message_circumstances circumstances()
{
    message_circumstances of;
    of.frame = frame;
    of.sender = "sender@contoso.com";
    return of;
}

mail::readable_mail hostile_mail()
{
    mail::readable_mail mail;
    mail.from = mail.to = mail.cc = mail.subject = mail.date = hostile;
    mail.text = hostile;
    mail::attachment part;
    part.name = hostile;
    part.media_type = hostile;
    part.octets = std::string(1'234'567, 'x');
    mail.attachments = {part};
    return mail;
}

TEST(MessagePage, hostile_subjects_names_and_texts_stay_text)
{
    mail::readable_mail mail = hostile_mail();
    mail.html = hostile;
    message_circumstances of = circumstances();
    of.sender = of.expires = of.frame.organisation = hostile;
    const std::string page = render_message(mail, of);
    EXPECT_FALSE(has(page, "<script"));
    EXPECT_FALSE(has(page, "<img"));
    EXPECT_FALSE(has(page, "onerror=alert(1)>\""));
    EXPECT_TRUE(has(page, "&lt;script&gt;"));
    EXPECT_TRUE(has(page, "1.2 MB"));
}

TEST(MessagePage, html_stands_in_a_sandboxed_frame_of_the_same_response)
{
    mail::readable_mail mail;
    mail.subject = "Figures";
    mail.text = "The figures.";
    mail.html = "<p><b>The figures.</b></p><img src=https://t.example/x><script>alert(1)</script>";
    const std::string page = render_message(mail, circumstances());
    const std::size_t frame_at = page.find("<iframe");
    ASSERT_NE(frame_at, std::string::npos);
    const std::string tag = page.substr(frame_at, page.find('>', frame_at) - frame_at);
    EXPECT_TRUE(has(tag, "sandbox=\"allow-popups allow-popups-to-escape-sandbox\"")) << tag;
    EXPECT_FALSE(has(tag, "allow-scripts"));
    EXPECT_FALSE(has(tag, "allow-same-origin"));
    EXPECT_TRUE(has(tag, "&lt;b&gt;The figures.&lt;/b&gt;")) << tag;
    EXPECT_FALSE(has(page, "alert(1)"));
    EXPECT_FALSE(has(page, "t.example"));
    EXPECT_TRUE(has(page, "Images from the Internet are not shown"));
    EXPECT_TRUE(has(page, "Sign out</button>"));
    EXPECT_TRUE(has(page, "sender@contoso.com"));
}

TEST(MessagePage, plain_text_keeps_its_lines_and_gets_its_links)
{
    mail::readable_mail mail;
    mail.text = "one\r\n  two <three>\r\n\r\nhttps://example.org/?a=1&b=2.";
    const std::string page = render_message(mail, circumstances());
    EXPECT_TRUE(
        has(page, "one\r\n  two &lt;three&gt;\r\n\r\n<a href=\"https://example.org/?a=1&amp;b=2\""))
        << page;
    EXPECT_TRUE(has(page, ">https://example.org/?a=1&amp;b=2</a>.</div>")) << page;
    EXPECT_TRUE(has(page, "(no subject)"));
    EXPECT_FALSE(has(page, "<iframe"));
}

TEST(MessagePage, lists_attachments_but_not_those_shown_in_place)
{
    mail::readable_mail mail;
    mail.html = "<p>x<img src=cid:logo>";
    mail::attachment logo;
    logo.name = "logo.png";
    logo.content_id = "logo";
    logo.octets = "\x89PNG\r\n\x1a\n";
    mail::attachment report;
    report.name = "Übersicht — план.bin";
    report.octets = "12345";
    mail.attachments = {logo, report};
    const std::string page = render_message(mail, circumstances());
    EXPECT_FALSE(has(page, "logo.png"));
    EXPECT_TRUE(has(page, "data:image/png;base64,iVBORw0KGgo="));
    EXPECT_TRUE(has(page, "href=\"/m/AAAAAAAAAAAAAAAAAAAAAA/attachments/1\"")) << page;
    EXPECT_TRUE(has(page, "Übersicht — план.bin"));
    EXPECT_TRUE(has(page, "5 bytes"));
    EXPECT_TRUE(has(page, "1 attachment<"));
}

TEST(MessagePage, says_when_html_is_too_large_and_when_there_is_nothing)
{
    mail::readable_mail mail;
    EXPECT_TRUE(has(render_message(mail, circumstances()), "has no text"));
    mail.html = std::string(5'000'000, 'x');
    mail.text = "short";
    const std::string page = render_message(mail, circumstances());
    EXPECT_TRUE(has(page, "too large to be shown safely"));
    EXPECT_TRUE(has(page, ">short</div>"));
}

TEST(MessagePage, the_policy_of_a_message_lets_nothing_out)
{
    const std::string policy{message_policy()};
    EXPECT_TRUE(has(policy, "default-src 'none'"));
    EXPECT_FALSE(has(policy, "http"));
    EXPECT_FALSE(has(policy, "*"));
    EXPECT_TRUE(has(policy, "script-src 'none'"));
}

TEST(MessagePage, sizes_and_times_are_for_people)
{
    EXPECT_EQ(size_for_people(0), "0 bytes");
    EXPECT_EQ(size_for_people(1), "1 byte");
    EXPECT_EQ(size_for_people(999), "999 bytes");
    EXPECT_EQ(size_for_people(1000), "1.0 kB");
    EXPECT_EQ(size_for_people(23'456), "23 kB");
    EXPECT_EQ(size_for_people(999'600), "1.0 MB");
    EXPECT_EQ(size_for_people(25'000'000), "25 MB");
    EXPECT_EQ(time_for_people(1'798'106'400'000), "2026-12-24 10:00 UTC");
}

TEST(Assets, are_served_with_their_types)
{
    EXPECT_EQ(header(style_sheet(), "Content-Type"), "text/css; charset=utf-8");
    EXPECT_TRUE(has(style_sheet().body, "prefers-color-scheme: dark"));
    EXPECT_FALSE(has(style_sheet().body, "url("));
    EXPECT_EQ(header(icon(), "Content-Type"), "image/svg+xml");
    EXPECT_TRUE(has(header(icon(), "Content-Security-Policy"), "sandbox"));
}

} // namespace
