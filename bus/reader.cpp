#include "bus/reader.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

namespace bus {

reader::reader(boost::asio::any_io_executor executor, const journal_files& files)
    : executor_(executor), log_(files), thread_([this] { run(); })
{}

reader::~reader()
{
    finish();
}

void reader::ask(work wanted, std::function<void(std::string)> failed)
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
        const auto then = [alive = std::weak_ptr<const bool>{alive_}, go_on = carry_out(next)] {
            if (alive.lock())
                go_on();
        };
        boost::asio::post(executor_, then);
    }
}

std::function<void()> reader::carry_out(const order& wanted)
{
    try {
        return wanted.wanted(log_);
    } catch (const std::exception& failure) {
        return [failed = wanted.failed, reason = std::string{failure.what()}] { failed(reason); };
    }
}

} // namespace bus
