#include "bus/content_puts.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
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
    traffic(asio::any_io_executor executor, clock tells)
        : now(std::move(tells)), room(executor, asio::steady_timer::time_point::max())
    {}
    bool has_room(unsigned unacknowledged) const
    {
        return octets < most_octets && (unacknowledged == 0 || octets < share());
    }
    bool knows_share() const { return told && now() - *told < share_holds; }
    std::size_t share() const { return knows_share() ? told_share : first_share; }
    void tell(std::size_t octets_for_us)
    {
        told_share = octets_for_us;
        told = now();
    }
    clock now;
    std::size_t octets = 0;
    std::size_t told_share = first_share;
    std::optional<std::chrono::steady_clock::time_point> told;
    bool asked = false;      ///< for a share
    asio::steady_timer room; ///< a condition: cancelled when an acknowledgement came
};

content_puts::content_puts(std::shared_ptr<connection> connection, clock now)
    : connection_(std::move(connection)),
      traffic_(std::make_shared<traffic>(connection_->executor(), std::move(now)))
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
    if (index > 0) // more may come than goes without one
        ask_for_share();
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
            all->tell(octet_reader{said.body}.u32());
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

void content_puts::ask_for_share()
{
    if (traffic_->knows_share() || traffic_->asked)
        return;
    const auto done = [all = traffic_](const answer& said) {
        all->asked = false;
        if (said.error)
            return; // a broker of an older version has no such verb, and tells one with its
                    // acknowledgement
        all->tell(octet_reader{said.body}.u32());
        all->room.cancel();
    };
    traffic_->asked = connection_->ask(connection_->new_request(), verb::share, {}, done);
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
