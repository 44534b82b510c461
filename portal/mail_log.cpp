#include "portal/mail_log.hpp"

#include "bus/follower.hpp"
#include "mail/event_json.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace portal {

namespace asio = boost::asio;
using boost::system::error_code;

asio::awaitable<error_code> bus_mail_log::catch_up()
{
    return follower_.catch_up();
}

asio::awaitable<error_code> bus_mail_log::append_and_apply(bus::append_batch batch)
{
    const bus::result<std::vector<std::uint64_t>> done =
        co_await follower_.append_and_apply(std::move(batch));
    co_return done.error;
}

asio::awaitable<error_code> bus_mail_log::append(bus::append_batch batch)
{
    const bus::result<std::vector<std::uint64_t>> done = co_await bus_.append(std::move(batch));
    co_return done.error;
}

asio::awaitable<error_code> bus_mail_log::put_chunk(
    const std::string& content, std::uint32_t index, std::string octets)
{
    return bus_.put_chunk(content, index, std::move(octets));
}

asio::awaitable<void> bus_mail_log::discard(const std::string& content)
{
    return bus_.discard(content);
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

bus::event on_the_bus(const mail::event& fact)
{
    bus::event carried;
    carried.id = fact.id.text;
    carried.type = std::string{mail::type_of(fact)};
    carried.payload = mail::to_json(fact);
    return carried;
}

bus::append_batch batch_of(const mail::event& fact)
{
    bus::append_batch batch;
    batch.events.push_back(on_the_bus(fact));
    return batch;
}

} // namespace portal
