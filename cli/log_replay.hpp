#pragma once

#include "cli/operator_bus.hpp"
#include "mail/ledger.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>

namespace cli {

/// Our own ledger over the log, as every process has one.
class log_replay {
public:
    log_replay(boost::asio::any_io_executor executor, const endpoints& where);

    /// Told of every event after it was applied.
    using watcher = std::function<void(std::uint64_t seq, const mail::event& fact)>;
    void watch(watcher watch) { watch_ = std::move(watch); }

    boost::asio::awaitable<bus::head> head() { return bus_.head(); }
    boost::asio::awaitable<void> read_through(std::uint64_t last);
    const mail::ledger& ledger() const { return ledger_; }

private:
    void apply(const bus::stored_event& event);

    operator_bus bus_;
    mail::ledger ledger_;
    watcher watch_;
};

} // namespace cli
