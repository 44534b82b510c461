#include "mail/events.hpp"
#include "service/process_context.hpp"
#include "service/session_group.hpp"
#include "tests/portal/portal_under_test.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;

/// A portal with a real thread pool, whose work takes until the test lets it go on.
class StoppingPortal : public tests::portal_under_test {
protected:
    void SetUp() override
    {
        sign_in(message);
        elsewhere = [this](std::function<void()> work) {
            return process.offload([this, work = std::move(work)] {
                released.wait();
                work();
            });
        };
    }

    /// As a connection of the server does; the page is never sent.
    boost::asio::awaitable<void> open_page()
    {
        service::http_request request;
        request.method = "GET";
        request.parameters = {{"token", message.token}};
        request.headers = {{"cookie", cookie}};
        service::http_response page = co_await reading.view(request);
        ++pages;
    }

    sent_message message =
        send("carol@gmail.com", "Subject: Figures\r\n\r\n" + std::string(300'000, 'x') + "\r\n");
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();
    service::process_context process{io, {"test", "test", ""}, diagnostics};
    int pages = 0;
};

TEST_F(StoppingPortal, closes_what_was_being_opened_before_anything_it_uses_is_gone)
{
    service::session_group sessions{io.get_executor(), diagnostics};
    sessions.spawn("http", [this] { return open_page(); });
    settle();
    ASSERT_EQ(log.count("sealpost.access.attempted"), 1U);
    boost::asio::steady_timer later{io, 1200ms};
    later.async_wait([this](const boost::system::error_code&) { release.set_value(); });
    run(sessions.drain(1ms));
    EXPECT_EQ(pages, 0) << "nobody asks for it any more";
    run(closings.drain(1s));
    ASSERT_EQ(log.count("sealpost.access.closed"), 1U);
    EXPECT_EQ(log.last<mail::access_closed>().bytes, 0U);
}

} // namespace
