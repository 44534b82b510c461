#pragma once

#include "portal/mail_log.hpp"
#include "portal/open_limit.hpp"
#include "portal/open_message.hpp"
#include "portal/pages.hpp"
#include "portal/surroundings.hpp"
#include "service/http_server.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>

namespace mail {
struct readable_mail;
}

namespace portal {

/// Runs slow work elsewhere and resumes here: service::context::offload, or at once in tests.
using offload = std::function<boost::asio::awaitable<void>(std::function<void()>)>;

/// GET of a link and of its attachments: everything that discloses. GET without a session changes
/// nothing, HEAD never does.
class reading_routes {
public:
    reading_routes(
        mail_log& bus,
        message_opener& opener,
        const clocks& time,
        boost::asio::any_io_executor executor,
        offload run_elsewhere,
        std::size_t most_open)
        : bus_(bus),
          opener_(opener),
          time_(time),
          executor_(std::move(executor)),
          run_elsewhere_(std::move(run_elsewhere)),
          open_(most_open)
    {}

    boost::asio::awaitable<service::http_response> view(const service::http_request& request);
    boost::asio::awaitable<service::http_response> download(const service::http_request& request);

private:
    struct reading;
    /// The common way of both; false: `to.response` is the answer already.
    boost::asio::awaitable<bool> begin(
        const service::http_request& request,
        mail::access_kind what,
        std::string item,
        reading& to);
    bool is_signed_in(const found_link& link, const mail::session_hash& session) const;
    boost::asio::awaitable<void> show(reading& to);
    boost::asio::awaitable<void> hand_out(std::size_t index, reading& to);
    boost::asio::awaitable<bool> still_held(reading& to);
    boost::asio::awaitable<bool> parse(reading& to);
    boost::asio::awaitable<void> work(std::size_t octets, std::function<void()> what);
    service::http_response body_of(reading& to, std::string octets);

    mail_log& bus_;
    message_opener& opener_;
    const clocks& time_;
    boost::asio::any_io_executor executor_;
    offload run_elsewhere_;
    open_limit open_;
};

/// The frame of a link's pages.
page_frame frame_of(const mail::ledger& ledger, const std::string& token);

} // namespace portal
