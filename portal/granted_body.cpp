#include "portal/granted_body.hpp"

#include <stdexcept>
#include <utility>

namespace portal {

namespace asio = boost::asio;

granted_body::granted_body(
    std::shared_ptr<disclosure> held, std::shared_ptr<open_limit::place> place, std::string octets)
    : held_(std::move(held)), place_(std::move(place)), octets_(std::move(octets))
{}

granted_body::~granted_body()
{
    // Never told how it ended: what was given away may have been handed over.
    held_->close(given_, held_->ending());
}

asio::awaitable<std::optional<std::string>> granted_body::next()
{
    if (given_ == octets_.size()) {
        co_return std::nullopt;
    }
    const bool kept = co_await held_->keep();
    if (!kept) {
        throw std::runtime_error("the grant has ended");
    }
    std::string next_piece = octets_.substr(given_, piece);
    given_ += next_piece.size();
    co_return next_piece;
}

std::optional<service::boot_clock::time_point> granted_body::not_after() const
{
    return held_->not_after();
}

void granted_body::ended(std::uint64_t octets, service::body_ending how)
{
    switch (how) {
    case service::body_ending::complete:
        held_->close(octets, "complete");
        break;
    case service::body_ending::too_slow:
        held_->close(octets, "too slow");
        break;
    case service::body_ending::cut:
        held_->close(octets, held_->ending());
        break;
    }
}

} // namespace portal
