#include "service/deadline.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <optional>
#include <utility>

namespace service {
namespace asio = boost::asio;
using std::chrono::steady_clock;
using time_point = steady_clock::time_point;

namespace {

constexpr std::chrono::milliseconds again{5};

} // namespace

struct deadline::state : std::enable_shared_from_this<deadline::state> {
    struct watch {
        bool active = false;
        bool expired = false;
        bool ending = false;
        due_time due;
        asio::cancellation_signal signal;
    };

    explicit state(const asio::any_io_executor& executor) : timer(executor) {}

    void arm();
    void look();

    asio::steady_timer timer;
    std::optional<time_point> armed_for;
    std::array<watch, 2> watches;
};

/// The timer is left alone when it fires early enough: most operations end long before their
/// deadline.
void deadline::state::arm()
{
    std::optional<time_point> earliest;
    for (const watch& one : watches) {
        if (one.active) {
            const time_point due = one.ending ? steady_clock::now() + again : one.due();
            earliest = earliest ? std::min(*earliest, due) : due;
        }
    }
    if (!earliest || (armed_for && *armed_for <= *earliest)) {
        return;
    }
    armed_for = earliest;
    timer.expires_at(*earliest);
    timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const std::shared_ptr<state> self = weak.lock();
        if (!error && self) {
            self->look();
        }
    });
}

void deadline::state::look()
{
    armed_for.reset();
    for (watch& one : watches) {
        if (one.active && !one.ending && one.due() <= steady_clock::now()) {
            one.expired = true;
            one.ending = true;
        }
        if (one.active && one.ending) {
            one.signal.emit(asio::cancellation_type::terminal);
        }
    }
    arm();
}

deadline::deadline(const asio::any_io_executor& executor)
    : state_(std::make_shared<state>(executor))
{}

deadline::~deadline() = default;

void deadline::start(side which, due_time due)
{
    state::watch& one = state_->watches.at(which);
    one.active = true;
    one.expired = false;
    one.ending = false;
    one.due = std::move(due);
    state_->arm();
}

asio::cancellation_slot deadline::slot(side which)
{
    return state_->watches.at(which).signal.slot();
}

void deadline::cancel(side which)
{
    state::watch& one = state_->watches.at(which);
    if (one.active) {
        one.ending = true;
        one.signal.emit(asio::cancellation_type::terminal);
        state_->arm();
    }
}

bool deadline::is_ending(side which) const
{
    return state_->watches.at(which).ending;
}

bool deadline::is_active(side which) const
{
    return state_->watches.at(which).active;
}

bool deadline::finish(side which)
{
    state::watch& one = state_->watches.at(which);
    one.active = false;
    one.ending = false;
    one.due = nullptr;
    one.signal.slot().clear();
    return std::exchange(one.expired, false);
}

} // namespace service
