#include "revocation/enforcer.hpp"

#include "bus/follower.hpp"
#include "revocation/applied_log.hpp"
#include "revocation/log_events.hpp"
#include "service/connection.hpp"
#include "service/log.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace asio = boost::asio;

namespace revocation {

namespace {

constexpr std::chrono::milliseconds between_tries{250};

} // namespace

boot_time boot_now()
{
    return service::boot_clock::now().time_since_epoch();
}

enforcer::enforcer(
    asio::any_io_executor executor,
    const applied_log& applied,
    enforcement& grants,
    bus::follower& follower,
    service::log& log)
    : applied_(applied), grants_(grants), follower_(follower), log_(log), wake_(executor)
{}

void enforcer::stop()
{
    stopping_ = true;
    wake();
}

void enforcer::wake()
{
    wake_.cancel();
    for (asio::steady_timer* each : waiting_)
        each->cancel();
}

asio::awaitable<void> enforcer::run()
{
    co_await catch_up();
    while (!stopping_) {
        // What an imported log left open was another pipeline's to enforce.
        const step next = follower_.follow_only() ? step{} : next_step();
        if (next.in_force)
            co_await record(*next.in_force);
        else if (next.look_again)
            co_await rest(*next.look_again - boot_now());
        else
            co_await rest(std::chrono::hours{1});
    }
}

asio::awaitable<void> enforcer::catch_up()
{
    while (!stopping_ && !caught_up_) {
        const auto error = co_await follower_.catch_up();
        caught_up_ = !error;
        if (error)
            co_await rest(between_tries);
    }
}

enforcer::step enforcer::next_step()
{
    step next;
    for (const std::uint64_t seq : applied_.revokes.unenforced()) {
        const mail::message_revoked& revoked = applied_.revokes.find(seq)->revoked;
        const auto open = applied_.ledger.open_grants(revoked.message, revoked.recipients, seq);
        grants_to_end_.try_emplace(seq, open.size());
        const boot_time moment = boot_now();
        const auto end = grants_.ends_at(open, moment);
        if (!end) {
            prepare(seq, moment);
            return {seq, std::nullopt};
        }
        next.look_again = std::min(next.look_again.value_or(*end), *end);
    }
    return next;
}

void enforcer::prepare(std::uint64_t seq, boot_time moment)
{
    if (prepared_.contains(seq))
        return;
    const revoke_register::revoke& revoke = *applied_.revokes.find(seq);
    mail::revocation_enforced fact;
    fact.message = revoke.revoked.message;
    fact.revoke_seq = seq;
    fact.milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(moment - revoke.began).count();
    fact.grants_ended = grants_to_end_.at(seq);
    fact.read_before = applied_.ledger.read_before(fact.message, revoke.revoked.recipients, seq);
    prepared_.emplace(seq, make_event(std::move(fact)));
}

asio::awaitable<void> enforcer::record(std::uint64_t seq)
{
    const mail::event fact = prepared_.at(seq);
    bus::append_batch batch;
    batch.events.push_back(to_bus(fact));
    const auto appended = co_await follower_.append_and_apply(std::move(batch));
    const auto& enforced = std::get<mail::revocation_enforced>(fact.body);
    if (appended.error) {
        log_.write(
            service::severity::warning,
            enforced.message.text,
            "revoke.not_recorded",
            {{"revoke", seq}, {"error", appended.error.message()}});
        co_await rest(between_tries);
        co_return;
    }
    prepared_.erase(seq);
    grants_to_end_.erase(seq);
    log_.write(
        service::severity::info,
        enforced.message.text,
        "revoke.in_force",
        {{"revoke", seq},
         {"milliseconds", enforced.milliseconds},
         {"grants_ended", enforced.grants_ended}});
}

asio::awaitable<void> enforcer::rest(std::chrono::nanoseconds most)
{
    if (stopping_)
        co_return;
    wake_.expires_after(std::max(most, std::chrono::nanoseconds::zero()));
    boost::system::error_code woken;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

asio::awaitable<bool> enforcer::in_force(
    std::vector<std::uint64_t> revokes, std::chrono::milliseconds patience)
{
    const auto recorded = [&] {
        return std::ranges::all_of(
            revokes, [this](std::uint64_t seq) { return applied_.revokes.is_enforced(seq); });
    };
    const auto give_up = boot_now() + patience;
    asio::steady_timer timer{wake_.get_executor()};
    waiting_.insert(&timer);
    struct unlist {
        std::set<asio::steady_timer*>& list;
        asio::steady_timer* timer;
        ~unlist() { list.erase(timer); }
    } const at_end{waiting_, &timer};
    while (!stopping_ && !recorded() && boot_now() < give_up) {
        timer.expires_after(give_up - boot_now());
        boost::system::error_code woken;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    co_return recorded();
}

} // namespace revocation
