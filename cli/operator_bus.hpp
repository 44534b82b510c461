#pragma once

#include "bus/client.hpp"
#include "cli/endpoints.hpp"
#include "service/log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace cli {

/// The bus as role operator: reads the log, appends nothing, sees no content.
class operator_bus {
public:
    operator_bus(boost::asio::any_io_executor executor, const endpoints& where);

    /// The log's head; throws failure when the bus does not answer within 5 s.
    boost::asio::awaitable<bus::head> head();

    /// Every event after the last one read, through `last`, in order; the next call goes on there.
    /// Throws failure, also when the bus has gone for 10 s.
    boost::asio::awaitable<void> read_through(
        std::uint64_t last, const std::function<void(const bus::stored_event&)>& handle);
    /// Every event after the last one read, for ever.
    boost::asio::awaitable<void> follow(
        const std::function<void(const bus::stored_event&)>& handle);

    std::uint64_t read() const { return read_; }
    /// The log that this one was imported from, once head() was had; empty: a log of its own.
    const std::string& origin() const { return client_->origin(); }

private:
    boost::asio::awaitable<void> away();
    boost::asio::awaitable<void> subscribe(
        std::optional<std::uint64_t> last,
        const std::function<void(const bus::stored_event&)>& handle);

    boost::asio::any_io_executor executor_;
    service::log log_;
    std::string endpoint_;
    std::unique_ptr<bus::client> client_;
    std::uint64_t read_ = 0;
    bus::hash last_{};
};

} // namespace cli
