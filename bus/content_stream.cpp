#include "bus/content_stream.hpp"

#include "bus/connection.hpp"
#include "bus/protocol.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace bus {
namespace asio = boost::asio;
using boost::system::error_code;

/// Shared with the callback, which may come after a reader that went away.
struct content_stream::chunk {
    explicit chunk(asio::any_io_executor executor)
        : came(executor, asio::steady_timer::time_point::max())
    {}
    std::optional<answer> said;
    asio::steady_timer came; ///< a condition: cancelled when it came
};

content_stream::content_stream(std::shared_ptr<connection> link, std::string content)
    : link_(std::move(link)), content_(std::move(content))
{}

asio::awaitable<result<std::string>> content_stream::next()
{
    const auto self = shared_from_this();
    result<std::string> octets;
    ask_ahead();
    if (asked_.empty()) {
        octets.error = failed_;
        co_return octets;
    }
    const std::shared_ptr<chunk> first = std::move(asked_.front());
    asked_.pop_front();
    while (!first->said) {
        error_code ignored;
        co_await first->came.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    ahead_ = std::min(ahead_ * 2, most_ahead);
    octets.error = first->said->error;
    octets.value = std::move(first->said->body);
    if (octets.error) {
        failed_ = octets.error;
        asked_.clear();
    }
    co_return octets;
}

void content_stream::ask_ahead()
{
    while (!failed_ && asked_.size() < ahead_) {
        if (auto next = ask(index_)) {
            asked_.push_back(std::move(next));
            ++index_;
        } else {
            failed_ = errc::unavailable;
        }
    }
}

std::shared_ptr<content_stream::chunk> content_stream::ask(std::uint32_t index)
{
    auto wanted = std::make_shared<chunk>(link_->executor());
    const auto done = [wanted](answer said) {
        wanted->said = std::move(said);
        wanted->came.cancel();
    };
    const bool sent =
        link_->ask(link_->new_request(), verb::get, encode(get_request{content_, index}), done);
    return sent ? wanted : nullptr;
}

} // namespace bus
