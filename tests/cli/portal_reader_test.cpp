#include "cli/failure.hpp"
#include "cli/mailboxes_client.hpp"
#include "cli/portal_reader.hpp"
#include "cli/run_to_end.hpp"
#include "played_pipeline.hpp"

namespace {

namespace asio = boost::asio;

asio::awaitable<int> sign_in(cli::portal_reader& reader, cli::portal_answer& answer)
{
    answer = co_await reader.post("/m/T/sign-in", {{"code", "1 2&3"}, {"challenge", "c"}});
    co_return 0;
}

asio::awaitable<int> open(
    cli::portal_reader& reader, std::string target, cli::portal_answer& answer)
{
    answer = co_await reader.get(std::move(target));
    co_return 0;
}

class portal_reader : public testing::Test {
protected:
    cli_test::played_pipeline pipeline_;
    cli::portal_reader reader_{pipeline_.base() + "/m/T", pipeline_.state().authority()};
    cli::portal_answer answer_;
};

TEST_F(portal_reader, sends_the_form_keeps_the_cookie_and_follows)
{
    pipeline_.answer(
        "POST /m/T/sign-in",
        {303, "", {{"Location", "/m/T"}, {"Set-Cookie", "__Host-session=abc; Secure; HttpOnly"}}});
    pipeline_.answer("GET /m/T", {200, "the message", {}});
    cli::run_to_end([&] { return sign_in(reader_, answer_); });
    EXPECT_EQ(answer_.status, 200u);
    EXPECT_EQ(answer_.body, "the message");
    const auto requests = pipeline_.requests();
    ASSERT_EQ(requests.size(), 2u);
    EXPECT_EQ(requests[0].body, "challenge=c&code=1%202%263");
    EXPECT_EQ(requests[0].cookie, "");
    EXPECT_EQ(requests[1].line, "GET /m/T");
    EXPECT_EQ(requests[1].cookie, "__Host-session=abc");
}

TEST_F(portal_reader, a_refusal_is_an_answer)
{
    pipeline_.answer("GET /m/T", {410, "revoked", {}});
    cli::run_to_end([&] { return open(reader_, reader_.link(), answer_); });
    EXPECT_EQ(answer_.status, 410u);
}

TEST_F(portal_reader, redirects_without_end_end)
{
    pipeline_.answer("GET /m/T", {303, "", {{"Location", "/m/T"}}});
    EXPECT_THROW(
        cli::run_to_end([&] { return open(reader_, reader_.link(), answer_); }), cli::failure);
}

TEST(mailboxes_client, needs_mailboxes)
{
    EXPECT_THROW(cli::mailboxes_client(cli::endpoints{}), cli::failure);
}

} // namespace
