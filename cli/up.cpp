#include "cli/up.hpp"

#include "cli/failure.hpp"
#include "cli/pipeline.hpp"
#include "cli/run_to_end.hpp"
#include "cli/stop_request.hpp"

#include <boost/asio/this_coro.hpp>

#include <exception>
#include <iostream>
#include <memory>

namespace cli {

namespace asio = boost::asio;

namespace {

void announce(const up_options& options, const endpoints& where)
{
    if (options.json)
        std::cout << to_json(where) << std::endl;
    else
        std::cout << listing(where, options.pipeline.ephemeral) << std::flush;
}

asio::awaitable<int> keep_up(const up_options& options)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    stop_request stop(executor);
    pipeline running(executor, options.pipeline);
    std::exception_ptr failed;
    try {
        co_await running.start([&stop] { return stop.requested(); });
        announce(options, running.where());
        co_await stop.wait();
    } catch (const std::exception&) {
        failed = std::current_exception();
    }
    co_await running.stop();
    // Whoever stopped a start got what they asked for.
    if (failed && !stop.requested())
        std::rethrow_exception(failed);
    co_return 0;
}

} // namespace

int up(const up_options& options)
{
    return run_to_end([&options] { return keep_up(options); });
}

std::string listing(const endpoints& where, bool ephemeral)
{
    std::string text = "sealpost is up\n\n";
    if (!where.imported_from.empty())
        text += "  This log was imported from log " + where.imported_from +
                ".\n  It is followed only: no mail is taken or sent, nothing is disclosed, nothing "
                "can be changed.\n\n";
    const auto line =
        [&text](std::string_view what, const std::string& address, std::string_view note) {
            text += "  " + std::string(what) + std::string(16 - what.size(), ' ') + address;
            if (!note.empty())
                text += std::string(address.size() < 32 ? 32 - address.size() : 1, ' ') +
                        std::string(note);
            text += "\n";
        };
    line("SMTP in", where.smtp, "send mail here");
    if (!where.mailboxes.empty())
        line("mailboxes", where.mailboxes, "what the recipients see");
    for (const std::string& portal : where.portals)
        line("portal", portal, "where links lead");
    line("admin API", where.admin, "token: " + where.admin_token_file.string());
    line("authority", where.authority.string(), "for browsers and curl --cacert");
    line(
        "state",
        where.state.string(),
        ephemeral ? "removed at the end" : "kept; back up keys/ apart");
    return text + "\nCtrl-C stops everything.\n";
}

} // namespace cli
