#include "simulator/mailboxes/mailbox_pages.hpp"
#include "tests/simulator/outside_world.hpp"

#include <gtest/gtest.h>

using simulator::message_page;
using simulator::shown_mail;
using simulator::stored_mail;
using simulator::test::outside_world;

namespace {

bool holds(const std::string& page, std::string_view text)
{
    return page.find(text) != std::string::npos;
}

stored_mail stored()
{
    return {7, "carol@gmail.com", "ann@contoso.com", 1'800'000'000'123, "x"};
}

TEST(mailbox_pages, html_mail_stands_in_a_frame_without_rights)
{
    shown_mail shown;
    shown.html = "<p title=\"x\">a &amp; b</p>\n<script>alert(1)</script>\"></iframe><h1>out</h1>";
    const std::string page = message_page(stored(), shown);
    EXPECT_TRUE(holds(page, "sandbox=\"allow-popups allow-popups-to-escape-sandbox\""));
    EXPECT_FALSE(holds(page, "<script>"));
    EXPECT_FALSE(holds(page, "<h1>out"));
    EXPECT_TRUE(holds(page, "&lt;base target=&quot;_blank&quot;&gt;"));
    EXPECT_TRUE(holds(page, "a &amp;amp; b&lt;/p&gt;\n"));
}

TEST(mailbox_pages, plain_text_keeps_its_lines_and_is_escaped)
{
    shown_mail shown;
    shown.text = "one <b>\n  two";
    EXPECT_TRUE(holds(message_page(stored(), shown), "one &lt;b&gt;\n  two"));
}

TEST(mailbox_pages, header_values_are_escaped)
{
    shown_mail shown;
    shown.subject = "<script>1</script>";
    shown.from = "\"><img src=x>";
    shown.attachments.push_back({"<i>.txt", "text/plain", "", "", "abc"});
    const std::string page = message_page(stored(), shown);
    EXPECT_FALSE(holds(page, "<script>"));
    EXPECT_FALSE(holds(page, "<img src=x>"));
    EXPECT_FALSE(holds(page, "<i>"));
}

TEST(mailbox_pages, an_inline_mail_looks_like_outlook_and_names_its_signer)
{
    shown_mail shown;
    shown.delivery = simulator::delivery_kind::in_line;
    shown.verified_signer = "encryption@contoso.com";
    const std::string page = message_page(stored(), shown);
    EXPECT_TRUE(holds(page, "Outlook"));
    EXPECT_TRUE(holds(page, "Verified, signed by <b>encryption@contoso.com</b>"));
}

TEST(mailbox_pages, a_problem_is_told_and_nothing_is_verified)
{
    shown_mail shown;
    shown.delivery = simulator::delivery_kind::in_line;
    shown.problem = "This message is not shown: bad";
    const std::string page = message_page(stored(), shown);
    EXPECT_TRUE(holds(page, "This message is not shown: bad"));
    EXPECT_FALSE(holds(page, "Verified"));
}

TEST(mailbox_pages, pictures_of_the_mail_itself_are_shown)
{
    shown_mail shown;
    shown.html = "<img src=\"cid:logo\">";
    shown.attachments.push_back({"l.png", "image/png", "logo", "", "abc"});
    EXPECT_TRUE(holds(message_page(stored(), shown), "data:image/png;base64,YWJj"));
    shown.attachments[0].media_type = "text/html";
    EXPECT_FALSE(holds(message_page(stored(), shown), "data:text/html"));
}

TEST(mailbox_pages, a_picture_is_known_by_its_whole_name)
{
    shown_mail shown;
    shown.html = "<img src='cid:logo'><img src=cid:logo2><p style=\"background: url(cid:logo)\">"
                 "cid:cid:logo cid:";
    shown.attachments.push_back({"l.png", "image/png", "logo", "", "abc"});
    const std::string page = message_page(stored(), shown);
    EXPECT_TRUE(holds(page, "&lt;img src=cid:logo2&gt;&lt;p style=&quot;background: url(data:"));
    EXPECT_TRUE(holds(page, "cid:cid:logo cid:"));
}

TEST(mailbox_pages, a_picture_named_a_hundred_thousand_times_makes_no_endless_page)
{
    shown_mail shown;
    shown.attachments.push_back({"l.png", "image/png", "x", "", std::string(1'000'000, 'x')});
    shown.html.emplace();
    for (int count = 0; count < 100'000; ++count)
        *shown.html += "<img src=\"cid:x\">";
    const std::string page = message_page(stored(), shown);
    EXPECT_TRUE(holds(page, "data:image/png;base64,"));
    EXPECT_LT(page.size(), 32'000'000u);
}

TEST(mailbox_pages, odd_addresses_make_working_links)
{
    const std::string page = simulator::mailboxes_page({{"a/b\"c@x.example", 1, 0}});
    EXPECT_TRUE(holds(page, "href=\"/mailboxes/a%2Fb%22c@x.example\""));
}

TEST(mailbox_pages, a_list_shows_names_and_short_times)
{
    simulator::mail_row row;
    row.received_at = 1'800'000'000'123;
    row.from = "\"Contoso, Ltd.\" <no-reply@contoso.com>";
    const std::string page = simulator::mailbox_page("c@x.example", {{row}});
    EXPECT_TRUE(holds(page, ">Contoso, Ltd.<"));
    EXPECT_TRUE(holds(page, ">15 Jan 08:00<"));
    EXPECT_TRUE(holds(page, "title=\"2027-01-15 08:00:00 UTC\""));
}

class mailbox_site_test : public outside_world {};

TEST_F(mailbox_site_test, the_pages_lead_from_the_mailboxes_to_a_mail)
{
    EXPECT_TRUE(holds(ask("GET", "/").body, "No mail yet"));
    send();
    EXPECT_TRUE(holds(ask("GET", "/").body, "href=\"/mailboxes/carol@gmail.com\""));
    EXPECT_TRUE(
        holds(ask("GET", "/mailboxes/carol@gmail.com").body, "/mailboxes/carol@gmail.com/1"));
    const auto page = ask("GET", "/mailboxes/carol@gmail.com/1");
    EXPECT_TRUE(holds(page.body, "Hello Carol"));
    EXPECT_TRUE(page.headers.at("content-security-policy").starts_with("default-src 'none'"));
    EXPECT_EQ(ask("GET", "/mailboxes.css").headers.at("content-type"), "text/css; charset=utf-8");
}

TEST_F(mailbox_site_test, a_long_mailbox_has_pages)
{
    const std::string carols = "/mailboxes/carol@gmail.com";
    for (int sent = 0; sent < 50; ++sent)
        send();
    EXPECT_FALSE(holds(ask("GET", carols).body, "aria-label=\"Pages\""));
    send();
    const std::string newest = ask("GET", carols).body;
    EXPECT_FALSE(holds(newest, carols + "/1\""));
    EXPECT_FALSE(holds(newest, ">Newest<"));
    EXPECT_TRUE(holds(newest, "href=\"" + carols + "?cursor=2\">Older<"));
    const std::string older = ask("GET", carols + "?cursor=2").body;
    EXPECT_TRUE(holds(older, carols + "/1\""));
    EXPECT_FALSE(holds(older, carols + "/2\""));
    EXPECT_TRUE(holds(older, "href=\"" + carols + "\">Newest<"));
    EXPECT_FALSE(holds(older, ">Older<"));
    EXPECT_EQ(ask("GET", carols + "?cursor=x").status, 400u);
}

TEST_F(mailbox_site_test, what_is_missing_has_its_page)
{
    EXPECT_EQ(ask("GET", "/mailboxes/carol@gmail.com/1").status, 404u);
    EXPECT_TRUE(holds(ask("GET", "/nowhere").body, "Nothing is here"));
    EXPECT_TRUE(holds(ask("GET", "/mailboxes/carol@gmail.com").body, "This mailbox is empty"));
}

} // namespace
