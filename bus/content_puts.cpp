#include "bus/content_puts.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace bus {
namespace asio = boost::asio;
using boost::system::error_code;

/// Of one content.
struct content_puts::state {
    std::uint32_t chunks = 0;
    unsigned unacknowledged = 0;
    error_code failed;
};

/// Of all contents.
struct content_puts::traffic {
    explicit traffic(asio::any_io_executor executor)
        : room(executor, asio::steady_timer::time_point::max())
    {}
    bool has_room(unsigned unacknowledged) const
    {
        return octets < most_octets && (unacknowledged < sure_chunks || octets < share);
    }
    std::size_t octets = 0;
    std::size_t share = 0;
    asio::steady_timer room; ///< a condition: cancelled when an acknowledgement came
};

content_puts::content_puts(std::shared_ptr<connection> connection)
    : connection_(std::move(connection)),
      traffic_(std::make_shared<traffic>(connection_->executor()))
{}

asio::awaitable<error_code> content_puts::put(
    std::string content, std::uint32_t index, std::string octets)
{
    if (octets.size() > limit::chunk || content.size() > limit::content_id)
        co_return errc::invalid;
    std::shared_ptr<state>& entry = puts_[content];
    if (!entry)
        entry = std::make_shared<state>();
    const std::shared_ptr<state> own = entry; // the map may change while this waits
    const std::shared_ptr<traffic> all = traffic_;
    while (!own->failed && !all->has_room(own->unacknowledged)) {
        error_code ignored;
        co_await all->room.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (own->failed)
        co_return own->failed;
    if (index != own->chunks)
        co_return errc::invalid;
    const put_request chunk{content, index, std::move(octets)};
    const auto done = [own, all, size = chunk.octets.size()](const answer& said) {
        --own->unacknowledged;
        all->octets -= size;
        if (said.error && !own->failed)
            own->failed = said.error;
        if (!said.error && !said.body.empty()) // a broker of an older version tells none
            all->share = octet_reader{said.body}.u32();
        all->room.cancel();
    };
    if (!connection_->ask(connection_->new_request(), verb::put, encode(chunk), done)) {
        own->failed = errc::unavailable;
        co_return own->failed;
    }
    ++own->unacknowledged;
    all->octets += chunk.octets.size();
    ++own->chunks;
    co_return error_code{};
}

error_code content_puts::failure(const std::vector<std::string>& contents) const
{
    for (const std::string& content : contents) {
        const auto found = puts_.find(content);
        if (found != puts_.end() && found->second->failed)
            return found->second->failed;
    }
    return {};
}

std::vector<named_content> content_puts::count(const std::vector<std::string>& contents) const
{
    std::vector<named_content> counted;
    for (const std::string& content : contents) {
        const auto found = puts_.find(content);
        counted.push_back({content, found == puts_.end() ? 0 : found->second->chunks});
    }
    return counted;
}

} // namespace bus
