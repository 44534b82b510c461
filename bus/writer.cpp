#include "bus/writer.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

namespace bus {
namespace {

std::int64_t wall_clock()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

writer::writer(
    boost::asio::any_io_executor executor,
    journal& log,
    std::function<void(committed_group)> settled,
    std::function<void(std::string)> failed)
    : executor_(executor),
      log_(log),
      settled_(std::move(settled)),
      failed_(std::move(failed)),
      thread_([this] { run(); })
{}

writer::~writer()
{
    finish();
}

void writer::queue(std::size_t octets, work wanted, done told)
{
    octets += octets_besides;
    queued_octets_ += octets;
    {
        const std::lock_guard lock{mutex_};
        orders_.push_back(
            {octets, std::chrono::steady_clock::now(), std::move(wanted), std::move(told)});
    }
    wake_soon();
}

void writer::wake_soon()
{
    if (std::exchange(wake_due_, true))
        return;
    boost::asio::post(executor_, [this, alive = std::weak_ptr<const bool>{alive_}] {
        if (!alive.lock())
            return;
        wake_due_ = false;
        more_.notify_one();
    });
}

void writer::finish()
{
    {
        const std::lock_guard lock{mutex_};
        finishing_ = true;
    }
    more_.notify_one();
    if (thread_.joinable())
        thread_.join();
}

void writer::run()
{
    try {
        for (;;) {
            std::vector<order> orders = take_all();
            if (orders.empty())
                return;
            hand_back(write(std::move(orders)));
            log_.tidy();
        }
    } catch (const std::exception& failure) {
        failed_(failure.what());
    }
}

std::vector<writer::order> writer::take_all()
{
    std::unique_lock lock{mutex_};
    more_.wait(lock, [this] { return finishing_ || !orders_.empty(); });
    return std::exchange(orders_, {});
}

committed_group writer::write(std::vector<order> orders)
{
    committed_group group;
    std::size_t octets = 0;
    group.answers.reserve(orders.size());
    log_.begin(wall_clock());
    for (order& wanted : orders) {
        octets += wanted.octets;
        reply said = carry_out(wanted);
        group.answers.push_back({std::move(wanted.told), std::move(said)});
    }
    group.events = log_.commit();
    queued_octets_ -= octets;
    return group;
}

reply writer::carry_out(const order& wanted)
{
    if (std::chrono::steady_clock::now() - wanted.arrived > longest_wait)
        return {refusal{wire_error::late, "it waited too long and was not done"}, {}};
    return wanted.wanted(log_);
}

void writer::hand_back(committed_group group)
{
    const auto shared = std::make_shared<committed_group>(std::move(group));
    const auto settle = [this, alive = std::weak_ptr<const bool>{alive_}, shared] {
        if (alive.lock())
            settled_(std::move(*shared));
    };
    boost::asio::post(executor_, settle);
}

} // namespace bus
