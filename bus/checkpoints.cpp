#include "bus/checkpoints.hpp"

#include "bus/sqlite.hpp"

#include <algorithm>
#include <utility>

namespace bus {

checkpoint_plan::action checkpoint_plan::next(std::int64_t log_octets, bool idle)
{
    if (log_octets < seen_) { // it has begun anew
        seen_ = 0;
        commits_ = 0;
        left_over_ = false;
    }
    ++commits_;
    const bool rest_is_small = idle && left_over_ && log_octets >= enough;
    if (rest_is_small || (!idle && log_octets >= longest)) {
        seen_ = log_octets;
        commits_ = 0;
        left_over_ = false;
        return action::here;
    }
    const std::int64_t due = std::min(step + commits_ * again, longest_step);
    if (!idle || log_octets < seen_ + due)
        return action::none;
    seen_ = log_octets;
    commits_ = 0;
    left_over_ = true;
    return action::beside;
}

checkpoints::checkpoints(std::filesystem::path database, std::function<void(std::string)> failed)
    : database_(std::move(database)), failed_(std::move(failed))
{}

checkpoints::~checkpoints()
{
    {
        const std::lock_guard lock{mutex_};
        finishing_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void checkpoints::after_commit(database& writing, std::int64_t log_octets)
{
    bool idle = false;
    {
        const std::lock_guard lock{mutex_};
        if (failure_)
            std::rethrow_exception(failure_);
        idle = !wanted_;
    }
    switch (plan_.next(log_octets, idle)) {
    case checkpoint_plan::action::none:
        return;
    case checkpoint_plan::action::beside:
        return begin();
    case checkpoint_plan::action::here:
        settle();
        return writing.checkpoint();
    }
}

void checkpoints::settle()
{
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !wanted_ || failure_; });
    if (failure_)
        std::rethrow_exception(failure_);
}

void checkpoints::begin()
{
    {
        const std::lock_guard lock{mutex_};
        wanted_ = true;
    }
    changed_.notify_all();
    if (!thread_.joinable())
        thread_ = std::thread{[this] { run(); }};
}

void checkpoints::run()
{
    try {
        copy();
    } catch (const std::exception& failure) {
        {
            const std::lock_guard lock{mutex_};
            failure_ = std::current_exception();
        }
        changed_.notify_all();
        failed_(failure.what());
    }
}

void checkpoints::copy()
{
    database own{database_, database::access::write};
    // A connection that has read nothing does not know that there is a log, and copies none.
    own.execute("PRAGMA synchronous = FULL; SELECT count(*) FROM sqlite_schema");
    while (next_wish()) {
        own.checkpoint();
        own.checkpoint(); // what came meanwhile, so that the writer finds little left
        {
            const std::lock_guard lock{mutex_};
            wanted_ = false;
        }
        changed_.notify_all();
    }
}

/// Waits for one; false: there will be none.
bool checkpoints::next_wish()
{
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return wanted_ || finishing_; });
    return !finishing_;
}

} // namespace bus
