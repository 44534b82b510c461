#include "bus/reader.hpp"

#include "bus/disk_error.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

namespace bus {

namespace {

/// What a peer is told: where the bus's files lie is not its business.
refusal for_peers(const refusal& why)
{
    if (why.code == wire_error::damaged)
        return {why.code, "the log of the bus is damaged here: see the bus's own log"};
    return {why.code, "the bus cannot read its disk"};
}

} // namespace

reader::reader(
    boost::asio::any_io_executor executor,
    const journal_files& files,
    std::function<void(const refusal&)> report)
    : executor_(executor), report_(std::move(report)), log_(files), thread_([this] { run(); })
{}

reader::~reader()
{
    finish();
}

void reader::ask(work wanted, std::function<void(refusal)> failed)
{
    {
        const std::lock_guard lock{mutex_};
        orders_.push_back({std::move(wanted), std::move(failed)});
    }
    more_.notify_one();
}

void reader::finish()
{
    {
        const std::lock_guard lock{mutex_};
        finishing_ = true;
    }
    more_.notify_one();
    if (thread_.joinable())
        thread_.join();
}

void reader::run()
{
    for (;;) {
        order next;
        {
            std::unique_lock lock{mutex_};
            more_.wait(lock, [this] { return finishing_ || !orders_.empty(); });
            if (finishing_)
                return;
            next = std::move(orders_.front());
            orders_.pop_front();
        }
        auto then = [alive = std::weak_ptr<const bool>{alive_}, go_on = carry_out(next)] {
            if (alive.lock())
                go_on();
        };
        boost::asio::post(executor_, std::move(then));
    }
}

std::function<void()> reader::carry_out(const order& wanted)
{
    refusal why;
    try {
        return wanted.wanted(log_);
    } catch (const damaged& failure) {
        why = {wire_error::damaged, failure.what()};
    } catch (const std::exception& failure) {
        why = {wire_error::disk, failure.what()};
    }
    return [this, failed = wanted.failed, why] {
        report_(why);
        failed(for_peers(why));
    };
}

} // namespace bus
