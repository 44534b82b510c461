#include "gateway/mail_log.hpp"

#include "bus/follower.hpp"

#include <utility>

namespace gateway {

namespace asio = boost::asio;
using boost::system::error_code;

bool may_pass(const error_code& error)
{
    return error == bus::errc::unavailable || error == bus::errc::unknown_outcome ||
           error == bus::errc::disk;
}

bool bus_mail_log::connected() const
{
    return bus_.connected();
}

asio::awaitable<error_code> bus_mail_log::catch_up()
{
    return follower_.catch_up();
}

asio::awaitable<error_code> bus_mail_log::put_chunk(
    const std::string& content, std::uint32_t index, std::string octets)
{
    return bus_.put_chunk(content, index, std::move(octets));
}

asio::awaitable<void> bus_mail_log::discard(std::string content)
{
    co_await bus_.discard(content);
}

bus::chunk_source bus_mail_log::read_content(std::string content)
{
    return bus_.read_content(std::move(content));
}

asio::awaitable<bus::result<std::string>> bus_mail_log::get_slot(
    const std::string& content, const std::string& name)
{
    return bus_.get_slot(content, name);
}

asio::awaitable<error_code> bus_mail_log::erase_slots(
    const std::string& content, std::vector<std::string> names)
{
    return bus_.erase_slots(content, std::move(names));
}

} // namespace gateway
