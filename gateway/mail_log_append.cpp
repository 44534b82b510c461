#include "gateway/mail_log.hpp"

#include <utility>

/// By itself, so that a test can link a log in its place that promises too early.
namespace gateway {

boost::asio::awaitable<boost::system::error_code> bus_mail_log::append(bus::append_batch batch)
{
    const auto appended = co_await bus_.append(std::move(batch));
    co_return appended.error;
}

} // namespace gateway
