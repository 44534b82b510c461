#include "cli/operator_bus.hpp"

#include "cli/durable_file.hpp"
#include "cli/failure.hpp"
#include "cli/until_stopped.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

namespace cli {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds connect_patience{5};
constexpr std::chrono::milliseconds connect_poll{10};
constexpr std::chrono::seconds longest_away{10}; // while a restart takes two or three
constexpr std::chrono::milliseconds between_looks{250};

std::string key_line(const std::filesystem::path& file)
{
    const std::string text = read_whole(file);
    return text.substr(0, text.find_first_of(" \t\r\n"));
}

bus::client_settings settings_of(const endpoints& where)
{
    const std::filesystem::path keys = state_directory(where.state).keys();
    bus::client_settings settings;
    settings.endpoint = where.bus;
    settings.server_public_key = key_line(keys / "bus.public");
    settings.public_key = key_line(keys / "operator.public");
    std::string secret = key_line(keys / "operator.secret");
    settings.secret_key = bus::locked_octets::taken_from(secret);
    return settings;
}

} // namespace

operator_bus::operator_bus(asio::any_io_executor executor, const endpoints& where)
    : executor_(executor),
      log_("sealpost", service::severity::error),
      endpoint_(where.bus),
      client_(std::make_unique<bus::client>(executor, settings_of(where), log_))
{}

asio::awaitable<bus::head> operator_bus::head()
{
    const auto deadline = std::chrono::steady_clock::now() + connect_patience;
    asio::steady_timer pause(executor_);
    for (;;) {
        bus::result<bus::head> answer = co_await client_->head();
        if (answer)
            co_return answer.value;
        if (std::chrono::steady_clock::now() > deadline)
            throw failure(
                "the bus at " + endpoint_ + " does not answer: " + answer.error.message() +
                "; see log/bus.log in the state directory");
        boost::system::error_code error;
        pause.expires_after(connect_poll);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

asio::awaitable<void> operator_bus::read_through(
    std::uint64_t last, const std::function<void(const bus::stored_event&)>& handle)
{
    if (last > read_ && !co_await until(subscribe(last, handle), away()))
        throw failure(
            "the bus at " + endpoint_ +
            " went away while the log was read; see log/bus.log in the "
            "state directory");
}

/// Ends once nobody has answered there for a while.
asio::awaitable<void> operator_bus::away()
{
    asio::steady_timer pause(executor_);
    for (auto seen = std::chrono::steady_clock::now();
         std::chrono::steady_clock::now() < seen + longest_away;) {
        pause.expires_after(between_looks);
        co_await pause.async_wait(asio::use_awaitable);
        if (client_->connected())
            seen = std::chrono::steady_clock::now();
    }
}

asio::awaitable<void> operator_bus::follow(
    const std::function<void(const bus::stored_event&)>& handle)
{
    co_await subscribe(std::nullopt, handle);
}

asio::awaitable<void> operator_bus::subscribe(
    std::optional<std::uint64_t> last, const std::function<void(const bus::stored_event&)>& handle)
{
    std::function<void(const bus::stored_event&)> counted =
        [this, &handle](const bus::stored_event& event) {
            read_ = event.seq;
            last_ = event.own;
            handle(event);
        };
    const boost::system::error_code error =
        co_await client_->subscribe(read_ + 1, last_, std::move(counted), last);
    if (error)
        throw failure("reading the log failed: " + error.message());
}

} // namespace cli
