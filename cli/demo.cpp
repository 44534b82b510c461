#include "cli/demo.hpp"

#include "cli/demo_story.hpp"
#include "cli/failure.hpp"
#include "cli/pipeline.hpp"
#include "cli/run_to_end.hpp"
#include "cli/stop_request.hpp"
#include "cli/up.hpp"

#include <boost/asio/this_coro.hpp>

#include <exception>
#include <iostream>

namespace cli {

namespace asio = boost::asio;

namespace {

asio::awaitable<int> play_on_running(const demo_options& options)
{
    stop_request stop(co_await asio::this_coro::executor);
    narrator tell;
    demo_story story(
        running_endpoints(options.pipeline.state), tell, [&stop] { return stop.requested(); });
    co_await story.play();
    co_return 0;
}

void invite(narrator& tell, const pipeline& running)
{
    const endpoints& where = running.where();
    std::cout << "\n";
    tell.heading("It keeps running. Look around:");
    tell.line(where.mailboxes + "   the recipients' mailboxes");
    tell.line(where.portal + "   the portal (your browser warns: the certificate is its own)");
    tell.line(
        "sealpost --state " + where.state.string() +
        " trace      … status, events --follow, shell");
    tell.heading("Ctrl-C stops everything.");
}

asio::awaitable<int> play_on_own(const demo_options& options)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    stop_request stop(executor);
    narrator tell;
    tell.heading("Starting the pipeline: bus, gateway, portal, revocation, mailboxes …");
    pipeline running(executor, options.pipeline);
    const std::function<bool()> given_up = [&stop] { return stop.requested(); };
    std::exception_ptr failed;
    try {
        co_await running.start(given_up);
        demo_story story(running.where(), tell, given_up);
        co_await story.play();
        if (!options.once) {
            invite(tell, running);
            co_await stop.wait();
        }
    } catch (const std::exception&) {
        failed = std::current_exception();
    }
    co_await running.stop();
    if (failed)
        std::rethrow_exception(failed);
    co_return 0;
}

} // namespace

int demo(const demo_options& options)
{
    const bool given = !options.pipeline.ephemeral;
    if (given && state_lock::holder(state_directory(options.pipeline.state)))
        return run_to_end([&options] { return play_on_running(options); });
    return run_to_end([&options] { return play_on_own(options); });
}

} // namespace cli
