#include "bus/bus.hpp"

#include "bus/broker.hpp"
#include "bus/durable_files.hpp"
#include "bus/erasable_disk.hpp"
#include "bus/settings.hpp"
#include "service/context.hpp"
#include "service/http_server.hpp"
#include "service/log.hpp"
#include "service/session_group.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

namespace bus {
namespace asio = boost::asio;

namespace {

settings read_settings(service::context& process)
{
    service::settings_reader section = process.settings();
    settings wanted = settings::read(section);
    section.finish();
    return wanted;
}

void check(service::context& process)
{
    read_settings(process);
}

/// Ends the process at once: what is under way is acknowledged to nobody, and the next start finds
/// on disk what really is there.
std::function<void(std::string)> give_up(service::log& log)
{
    return [&log](const std::string& reason) {
        log.error("bus.failed", {{"reason", reason}});
        std::_Exit(EXIT_FAILURE);
    };
}

/// Whether erased keys are gone from the disk; throws where they are not and nobody accepted that.
bool is_erasable(const settings& wanted, service::log& log)
{
    const std::string why = why_unerasable(wanted.files.slab);
    if (why.empty())
        return true;
    if (!wanted.accept_unerasable)
        throw std::runtime_error(why + "; " + std::string{erasable_remedy});
    log.warning("bus.unerasable", {{"reason", why + ": erased keys may stay on that disk"}});
    return false;
}

service::readiness health_of(const broker& bus, bool erasable)
{
    const auto flag = [](bool yes) { return yes ? "true" : "false"; };
    std::string json = std::string(R"({"ready":)") + flag(bus.ready()) + R"(,"has_room":)" +
                       flag(bus.has_room()) + R"(,"erasable":)" + flag(erasable) + R"(,"seq":)" +
                       std::to_string(bus.seq());
    if (!bus.origin().empty())
        json += R"(,"imported_from":")" + bus.origin() + '"';
    return {bus.ready(), json + "}"};
}

asio::awaitable<void> run(service::context& process)
{
    settings wanted = read_settings(process);
    service::log& log = process.log();
    const bool erasable = is_erasable(wanted, log);
    make_folders(wanted.files.database.parent_path());
    make_folders(wanted.files.slab.parent_path());
    asio::ip::tcp::acceptor listening = process.listen("bus-health", wanted.health);
    const std::uint16_t health_port = listening.local_endpoint().port();
    broker bus{process.executor(), std::move(wanted), log, give_up(log)};
    const reclaimed& found = bus.found_at_start();
    log.info(
        "bus.opened",
        {{"log", bus.log_id()},
         {"seq", bus.seq()},
         {"dropped_contents", found.contents},
         {"erased_cells", found.cells},
         {"dead_slots", found.slots}});
    if (!bus.origin().empty())
        log.info("bus.follow_only", {{"imported_from", bus.origin()}});

    service::http_server health{
        std::move(listening),
        nullptr,
        service::health_routes([&bus, erasable] { return health_of(bus, erasable); }),
        service::http_limits{},
        log};
    service::session_group sessions{process.executor(), log};
    sessions.spawn(
        "health", [&health] { return health.serve(); }, [&health] { health.stop(); });

    co_await bus.start();
    log.info(
        "ready", {{"endpoint", bus.endpoint()}, {"seq", bus.seq()}, {"health_port", health_port}});
    co_await process.stop_requested();
    co_await bus.stop();
    co_await sessions.drain(std::chrono::seconds{3});
}

} // namespace

service::process_definition process()
{
    return {
        "bus",
        "Keeps the log of all events, the sealed contents and their key slots, durably and in "
        "order.",
        check,
        run};
}

} // namespace bus
