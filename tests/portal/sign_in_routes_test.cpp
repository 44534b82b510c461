#include "portal/sign_in_routes.hpp"
#include "tests/portal/portal_under_test.hpp"

namespace {

using tests::portal_under_test;

class SignInRoutes : public portal_under_test {
protected:
    std::string wrong() const { return "00000000"; }

    /// Not the code that was sent.
    std::string another(const std::string& code) const
    {
        return code == "11111111" ? "22222222" : "11111111";
    }

    sent_message message = send("carol@gmail.com", "Subject: Figures\r\n\r\nThe figures.\r\n");
};

TEST_F(SignInRoutes, asking_issues_a_passcode_and_then_submits_its_mail)
{
    std::vector<std::string> appended;
    log.before_append = [&](const bus::append_batch& batch) {
        appended.push_back(batch.events.front().type);
        const std::size_t with_the_mail = appended.size() == 2 ? 1 : 0;
        EXPECT_EQ(batch.events.size(), 1U);
        EXPECT_EQ(batch.slots.size(), with_the_mail);
        EXPECT_EQ(batch.contents.size(), with_the_mail);
    };
    const service::http_response answer = ask("passcode", message.token);
    EXPECT_EQ(answer.status, 303U);
    EXPECT_EQ(
        appended,
        (std::vector<std::string>{"sealpost.passcode.issued", "sealpost.mail.submitted"}));
    const auto& issued = log.last<mail::passcode_issued>();
    EXPECT_EQ(
        header(answer, "Location"),
        "/m/" + message.token + "/sign-in?challenge=" + issued.challenge.text);
    EXPECT_EQ(issued.valid_seconds, 900);
    EXPECT_EQ(issued.recipient, message.recipient);
    const auto& submitted = log.last<mail::mail_submitted>();
    EXPECT_EQ(submitted.kind, mail::submission_kind::passcode);
    EXPECT_EQ(submitted.valid_seconds, 900);
    const std::string code = passcode();
    EXPECT_EQ(code.size(), 8U);
    for (const bus::event& event : log.events) {
        EXPECT_FALSE(has(event.payload, code));
    }
    for (const std::string& chunk : log.contents.at(submitted.content.text)) {
        EXPECT_FALSE(has(chunk, code));
    }
}

TEST_F(SignInRoutes, the_form_shows_the_reference_of_its_challenge)
{
    const std::string challenge = challenge_of(ask("passcode", message.token));
    const service::http_response form =
        ask("sign-in form", message.token, {{"challenge", challenge}});
    EXPECT_EQ(form.status, 200U);
    EXPECT_TRUE(has(form.body, log.last<mail::passcode_issued>().reference));
    EXPECT_TRUE(has(form.body, challenge));
}

TEST_F(SignInRoutes, the_right_code_opens_a_session_once)
{
    const std::string challenge = challenge_of(ask("passcode", message.token));
    const std::string code = passcode();
    const service::http_response opened =
        ask("sign-in", message.token, {{"challenge", challenge}, {"code", code}});
    EXPECT_EQ(opened.status, 303U);
    EXPECT_EQ(header(opened, "Location"), "/m/" + message.token);
    EXPECT_TRUE(has(header(opened, "Set-Cookie"), "__Host-sealpost-session="));
    const std::size_t before = log.events.size();
    const service::http_response again =
        ask("sign-in", message.token, {{"challenge", challenge}, {"code", code}});
    EXPECT_EQ(again.status, 403U);
    EXPECT_TRUE(has(again.body, "Send me a new passcode"));
    EXPECT_EQ(header(again, "Set-Cookie"), "");
    EXPECT_EQ(log.events.size(), before) << "what is known to fail is not appended";
}

TEST_F(SignInRoutes, five_wrong_tries_close_the_challenge_for_the_right_code_too)
{
    const std::string challenge = challenge_of(ask("passcode", message.token));
    const std::string code = passcode();
    for (int left = 4; left >= 0; --left) {
        const service::http_response page =
            ask("sign-in", message.token, {{"challenge", challenge}, {"code", another(code)}});
        EXPECT_EQ(page.status, 403U);
        EXPECT_TRUE(left < 2 || has(page.body, std::to_string(left) + " tries left"));
        EXPECT_EQ(header(page, "Set-Cookie"), "");
    }
    const service::http_response late =
        ask("sign-in", message.token, {{"challenge", challenge}, {"code", code}});
    EXPECT_EQ(late.status, 429U);
    EXPECT_EQ(header(late, "Set-Cookie"), "");
    EXPECT_TRUE(cookie.empty());
}

TEST_F(SignInRoutes, what_is_no_code_uses_up_no_try)
{
    const std::string challenge = challenge_of(ask("passcode", message.token));
    const std::size_t before = log.events.size();
    const service::http_response page =
        ask("sign-in", message.token, {{"challenge", challenge}, {"code", "123"}});
    EXPECT_EQ(page.status, 403U);
    EXPECT_TRUE(has(page.body, "no try was used up"));
    EXPECT_EQ(log.events.size(), before);
}

TEST_F(SignInRoutes, a_challenge_of_another_link_is_refused_even_with_its_right_code)
{
    const sent_message other = send("dave@example.org", "Subject: x\r\n\r\nx\r\n");
    const std::string challenge = challenge_of(ask("passcode", other.token));
    const std::string code = passcode();
    const std::size_t before = log.events.size();
    const service::http_response page =
        ask("sign-in", message.token, {{"challenge", challenge}, {"code", code}});
    EXPECT_EQ(page.status, 403U);
    EXPECT_EQ(header(page, "Set-Cookie"), "");
    EXPECT_EQ(ask("sign-in form", message.token, {{"challenge", challenge}}).status, 403U);
    EXPECT_EQ(ask("sign-in form", message.token, {{"challenge", "x"}}).status, 403U);
    EXPECT_EQ(ask("sign-in", message.token).status, 403U);
    EXPECT_EQ(log.events.size(), before);
}

TEST_F(SignInRoutes, a_code_is_too_late_after_fifteen_minutes)
{
    const std::string challenge = challenge_of(ask("passcode", message.token));
    const std::string code = passcode();
    log.now += 900'000;
    const service::http_response page =
        ask("sign-in", message.token, {{"challenge", challenge}, {"code", code}});
    EXPECT_EQ(page.status, 403U);
    EXPECT_TRUE(has(page.body, "expired"));
}

TEST_F(SignInRoutes, the_eleventh_passcode_in_a_quarter_of_an_hour_is_refused)
{
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(ask("passcode", message.token).status, 303U);
    }
    const std::size_t before = log.events.size();
    const service::http_response page = ask("passcode", message.token);
    EXPECT_EQ(page.status, 429U);
    EXPECT_FALSE(header(page, "Retry-After").empty());
    EXPECT_EQ(log.events.size(), before);
    log.now += 900'001;
    EXPECT_EQ(ask("passcode", message.token).status, 303U);
}

TEST_F(SignInRoutes, a_passcode_that_other_portals_overtook_sends_no_mail)
{
    for (int i = 0; i < 9; ++i) {
        EXPECT_EQ(ask("passcode", message.token).status, 303U);
    }
    const std::size_t contents = log.contents.size();
    log.before_append = [&](const bus::append_batch&) {
        log.before_append = {};
        mail::passcode_issued tenth = log.last<mail::passcode_issued>();
        tenth.challenge = mail::challenge_id{portal::fresh_uuid()};
        log.append_now(fact(tenth));
    };
    const service::http_response page = ask("passcode", message.token);
    EXPECT_EQ(page.status, 429U);
    EXPECT_FALSE(header(page, "Retry-After").empty());
    EXPECT_EQ(log.count("sealpost.passcode.issued"), 11U) << "asked, and ruled at its place";
    EXPECT_EQ(log.count("sealpost.mail.submitted"), 9U);
    EXPECT_EQ(log.contents.size(), contents);
}

TEST_F(SignInRoutes, forms_of_other_sites_change_nothing)
{
    headers["sec-fetch-site"] = "cross-site";
    const std::size_t before = log.events.size();
    for (const char* route : {"passcode", "sign-in", "sign-out"}) {
        EXPECT_EQ(ask(route, message.token).status, 403U) << route;
    }
    EXPECT_EQ(log.events.size(), before);
}

TEST_F(SignInRoutes, an_answer_that_is_lost_opens_nothing_here)
{
    const std::string challenge = challenge_of(ask("passcode", message.token));
    const std::string code = passcode();
    log.lose_answer = true;
    const service::http_response page =
        ask("sign-in", message.token, {{"challenge", challenge}, {"code", code}});
    EXPECT_EQ(page.status, 503U);
    EXPECT_EQ(header(page, "Set-Cookie"), "");
}

TEST_F(SignInRoutes, a_passcode_that_could_not_be_recorded_leaves_no_content)
{
    const std::size_t contents = log.contents.size();
    log.before_append = [&](const bus::append_batch&) { log.down = true; };
    EXPECT_EQ(ask("passcode", message.token).status, 503U);
    EXPECT_EQ(log.contents.size(), contents);
    EXPECT_EQ(log.count("sealpost.passcode.issued"), 0U);
}

TEST_F(SignInRoutes, a_passcode_mail_that_could_not_be_submitted_leaves_no_content)
{
    const std::size_t contents = log.contents.size();
    log.before_append = [&](const bus::append_batch& batch) {
        log.down = batch.events.front().type == "sealpost.mail.submitted";
    };
    EXPECT_EQ(ask("passcode", message.token).status, 503U);
    EXPECT_EQ(log.contents.size(), contents);
    EXPECT_EQ(log.count("sealpost.mail.submitted"), 0U);
}

TEST_F(SignInRoutes, signing_out_ends_the_session_for_every_portal)
{
    sign_in(message);
    const std::string stolen = cookie;
    const service::http_response out = ask("sign-out", message.token);
    EXPECT_EQ(out.status, 303U);
    EXPECT_EQ(header(out, "Location"), "/m/" + message.token + "/signed-out");
    EXPECT_TRUE(has(header(out, "Set-Cookie"), "Max-Age=0"));
    EXPECT_EQ(log.count("sealpost.session.ended"), 1U);
    cookie = stolen;
    EXPECT_TRUE(has(ask("view", message.token).body, "Send me a one-time passcode"));
    EXPECT_EQ(ask("sign-out", message.token).status, 303U);
    EXPECT_EQ(log.count("sealpost.session.ended"), 1U);
    EXPECT_EQ(ask("signed-out", message.token).status, 200U);
}

TEST_F(SignInRoutes, an_unknown_cookie_is_signed_out_without_an_event)
{
    cookie = "__Host-sealpost-session=" + std::string(64, 'a');
    EXPECT_EQ(ask("sign-out", message.token).status, 303U);
    EXPECT_EQ(log.count("sealpost.session.ended"), 0U);
}

TEST_F(SignInRoutes, the_fixed_addresses_answer)
{
    for (const char* route : {"welcome", "style", "icon"}) {
        EXPECT_EQ(ask(route, "").status, 200U) << route;
    }
}

} // namespace
