#include "service/session_group.hpp"

#include "service/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <cstdlib>
#include <exception>
#include <string>
#include <utility>

namespace service {
namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

bool is_cancellation(const std::exception& error)
{
    const auto* const system = dynamic_cast<const boost::system::system_error*>(&error);
    return system != nullptr && system->code() == asio::error::operation_aborted;
}

} // namespace

struct session_group::state : std::enable_shared_from_this<session_group::state> {
    struct entry {
        std::string name;
        std::function<asio::awaitable<void>()>
            session; ///< its captures live as long as the coroutine
        std::function<void()> stop;
        asio::cancellation_signal cancellation;
    };
    using place = std::list<entry>::iterator;

    state(asio::any_io_executor wanted_executor, service::log& wanted_log)
        : executor(std::move(wanted_executor)), log(wanted_log)
    {}

    void ended(place which, const std::exception_ptr& failure);
    void note(const std::string& name, const std::exception_ptr& failure);
    void ask_to_stop();
    void cancel_all();
    asio::awaitable<void> wait_until_empty(steady_clock::time_point due);
    asio::awaitable<void> drain(milliseconds patience, milliseconds unwinding);

    asio::any_io_executor executor;
    service::log& log;
    std::list<entry> entries;
    std::list<asio::steady_timer*> waiting; ///< drains
    bool draining = false;
    bool abandoned = false; ///< the group is gone; so may be the log
};

void session_group::state::note(const std::string& name, const std::exception_ptr& failure)
{
    if (!failure || abandoned) {
        return;
    }
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        if (!is_cancellation(error)) {
            log.error("session.failed", {{"session", name}, {"reason", error.what()}});
        }
    } catch (...) {
        log.error("session.failed", {{"session", name}, {"reason", "unknown exception"}});
    }
}

void session_group::state::ended(place which, const std::exception_ptr& failure)
{
    note(which->name, failure);
    // Asio may still look at the cancellation slot while it leaves the coroutine: erase one turn
    // later.
    asio::post(executor, [self = shared_from_this(), which] {
        self->entries.erase(which);
        for (asio::steady_timer* const drain : self->waiting) {
            drain->cancel();
        }
    });
}

/// A session may end, or start others, while it is asked: erasing is posted, and a list stays
/// valid.
void session_group::state::ask_to_stop()
{
    for (entry& one : entries) {
        if (const auto stop = std::exchange(one.stop, nullptr)) {
            stop();
        }
    }
}

void session_group::state::cancel_all()
{
    for (entry& one : entries) {
        one.cancellation.emit(asio::cancellation_type::terminal);
    }
}

asio::awaitable<void> session_group::state::wait_until_empty(steady_clock::time_point due)
{
    asio::steady_timer timer{executor};
    waiting.push_back(&timer);
    struct leaving {
        std::list<asio::steady_timer*>& list;
        asio::steady_timer* timer;
        ~leaving() { list.remove(timer); }
    } const leave{waiting, &timer};
    while (!entries.empty() && steady_clock::now() < due) {
        boost::system::error_code woken;
        timer.expires_at(due);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}

session_group::session_group(asio::any_io_executor executor, service::log& log)
    : state_(std::make_shared<state>(std::move(executor), log))
{}

session_group::~session_group()
{
    state_->abandoned = true;
    state_->cancel_all();
}

void session_group::spawn(
    std::string_view name,
    std::function<asio::awaitable<void>()> session,
    std::function<void()> stop)
{
    state_->entries.emplace_back();
    const state::place place = std::prev(state_->entries.end());
    place->name = name;
    place->session = std::move(session);
    place->stop = std::move(stop);
    const auto ended = [self = state_, place](const std::exception_ptr& failure) {
        self->ended(place, failure);
    };
    asio::co_spawn(
        state_->executor,
        place->session(),
        asio::bind_cancellation_slot(place->cancellation.slot(), ended));
    if (state_->draining) {
        state_->ask_to_stop();
    }
}

std::size_t session_group::size() const
{
    return state_->entries.size();
}

asio::awaitable<void> session_group::state::drain(milliseconds patience, milliseconds unwinding)
{
    draining = true;
    ask_to_stop();
    co_await wait_until_empty(steady_clock::now() + patience);
    if (!entries.empty()) {
        log.warning("sessions.cancelled", {{"sessions", entries.size()}});
        cancel_all();
        co_await wait_until_empty(steady_clock::now() + unwinding);
    }
    if (!entries.empty()) {
        // To go on would destroy what they still use.
        log.error("sessions.left_over", {{"sessions", entries.size()}});
        std::_Exit(EXIT_FAILURE);
    }
}

asio::awaitable<void> session_group::drain(milliseconds patience, milliseconds unwinding)
{
    const std::shared_ptr<state> self = state_;
    // Out of reach of a cancellation of whoever waits here: the sessions would be left behind.
    auto unreachable = asio::bind_cancellation_slot(asio::cancellation_slot{}, asio::use_awaitable);
    co_await asio::co_spawn(self->executor, self->drain(patience, unwinding), unreachable);
}

} // namespace service
