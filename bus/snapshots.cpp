#include "bus/snapshots.hpp"

#include "bus/follower.hpp"
#include "service/forked_work.hpp"
#include "service/log.hpp"
#include "service/settings_reader.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <chrono>
#include <exception>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace bus {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

constexpr auto retry_pause = 100ms;

void make_folder(const std::filesystem::path& folder)
{
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        throw std::system_error(errno, std::system_category(), "cannot make " + folder.string());
}

} // namespace

snapshot_settings read_snapshot_settings(service::settings_reader& settings)
{
    snapshot_settings wanted;
    // Made when it is not there. Without one, every start applies the whole log.
    wanted.folder = settings.path("snapshot_folder", {});
    // Fewer: a start after a crash is ready sooner; each snapshot writes the whole state.
    wanted.events =
        static_cast<std::uint64_t>(settings.integer("snapshot_events", 100'000, 1, 1'000'000'000));
    return wanted;
}

snapshots::snapshots(
    asio::any_io_executor executor,
    snapshot_settings wanted,
    std::string process,
    state kept,
    client& bus,
    follower& follower,
    service::log& log)
    : executor_(executor),
      wanted_(std::move(wanted)),
      process_(std::move(process)),
      file_(wanted_.folder / (process_ + ".snapshot")),
      kept_(std::move(kept)),
      bus_(bus),
      follower_(follower),
      log_(log),
      rest_until_(asio::steady_timer::clock_type::now() + wanted_.rest),
      writing_(executor, log)
{}

asio::awaitable<error_code> snapshots::follow()
{
    if (!wanted_.folder.empty())
        co_await restore();
    const error_code ended = co_await follower_.follow();
    co_await writing_.drain(0ms); // a copy at work uses this, and who hears of the end goes away
    co_return ended;
}

/// Nothing of a snapshot is believed before the log has shown the same hash at its place.
asio::awaitable<void> snapshots::restore()
{
    const std::unique_ptr<const snapshot> found = open();
    if (!found)
        co_return;
    if (!co_await stands_in_log(found->place())) {
        discard("the log has not that event");
        co_return;
    }
    try {
        kept_.restore(*found);
    } catch (const std::exception& fault) {
        discard(fault.what());
        co_return;
    }
    place_ = found->place();
    written_ = place_.seq;
    follower_.start_after(place_.seq, place_.own);
    log_.info("snapshot.restored", {{"seq", place_.seq}});
}

/// nullptr: there is none, or none that can be read.
std::unique_ptr<const snapshot> snapshots::open()
{
    try {
        if (!std::filesystem::exists(file_))
            return nullptr;
        return std::make_unique<const snapshot>(file_, process_);
    } catch (const std::exception& fault) {
        discard(fault.what());
        return nullptr;
    }
}

asio::awaitable<bool> snapshots::stands_in_log(const log_place& place)
{
    for (;;) {
        co_await bus_.ready();
        const result<bus::head> newest = co_await bus_.head();
        if (!newest.error && newest.value.seq < place.seq)
            co_return false;
        if (!newest.error)
            break;
        asio::steady_timer timer(executor_, retry_pause);
        co_await timer.async_wait(asio::use_awaitable);
    }
    bool same = false;
    const auto compare = [&](const stored_event& there) { same = there.own == place.own; };
    const error_code ended = co_await bus_.subscribe(place.seq, place.prev, compare, place.seq);
    co_return !ended && same;
}

void snapshots::discard(const std::string& reason)
{
    std::error_code ignored; // what can't be removed is replaced by the next one, or refused again
    std::filesystem::remove(file_, ignored);
    log_.warning("snapshot.discarded", {{"file", file_.string()}, {"reason", reason}});
}

void snapshots::observe(const stored_event& fact)
{
    place_ = {fact.seq, fact.prev, fact.own};
    const bool due = !wanted_.folder.empty() && fact.seq - written_ >= wanted_.events;
    if (!due || writing_aside_ || asio::steady_timer::clock_type::now() < rest_until_)
        return;
    writing_aside_ = true;
    writing_.spawn("snapshot", [this] { return write_aside(); });
}

asio::awaitable<void> snapshots::write_aside()
{
    const auto rest_now = [this](void*) {
        writing_aside_ = false;
        rest_until_ = asio::steady_timer::clock_type::now() + wanted_.rest;
    };
    const std::shared_ptr<void> at_end{nullptr, rest_now};
    const std::uint64_t seq = place_.seq;
    service::forked_work copy(executor_, [this] { write(); });
    const std::string failure = co_await copy.ended();
    note_written(seq, failure);
}

asio::awaitable<void> snapshots::keep()
{
    co_await writing_.drain(0ms);
    if (wanted_.folder.empty() || place_.seq == written_)
        co_return;
    std::string failure;
    try {
        write();
    } catch (const std::exception& fault) {
        failure = fault.what();
    }
    note_written(place_.seq, failure);
}

void snapshots::note_written(std::uint64_t seq, const std::string& failure)
{
    if (!failure.empty()) {
        log_.warning("snapshot.not_written", {{"seq", seq}, {"reason", failure}});
        return;
    }
    written_ = seq;
    log_.info("snapshot.written", {{"seq", seq}});
}

void snapshots::write() const
{
    make_folder(wanted_.folder);
    write_snapshot(file_, process_, place_, kept_.parts);
}

} // namespace bus
