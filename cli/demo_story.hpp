#pragma once

#include "cli/admin_client.hpp"
#include "cli/endpoints.hpp"
#include "cli/mailboxes_client.hpp"
#include "cli/narrator.hpp"
#include "cli/portal_reader.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cli {

/// One mail to four people, as it goes through a running pipeline: who gets it how, how a link is
/// read, how it is taken back and given back. Everything by the doors that users have: SMTP, the
/// mailboxes, the portal, the admin API.
class demo_story {
public:
    /// `given_up`: asked while waiting; true ends the story with failure.
    demo_story(endpoints where, narrator& tell, std::function<bool()> given_up);

    /// Throws failure at the first step that goes otherwise than it should.
    boost::asio::awaitable<void> play();

private:
    boost::asio::awaitable<void> send_mail();
    boost::asio::awaitable<void> show_inline_copies();
    boost::asio::awaitable<void> show_wrapper();
    boost::asio::awaitable<void> sign_in();
    boost::asio::awaitable<void> read_message();
    boost::asio::awaitable<void> download_attachment();
    boost::asio::awaitable<void> revoke_message();
    boost::asio::awaitable<void> read_in_vain();
    boost::asio::awaitable<void> restore_message();

    boost::asio::awaitable<portal_answer> open_page();
    boost::asio::awaitable<received_mail> wait_for_mail(
        std::string address, std::function<bool(const received_mail&)> wanted, std::string what);

    endpoints where_;
    narrator& tell_;
    std::function<bool()> given_up_;
    admin_client admin_;
    mailboxes_client mailboxes_;
    std::unique_ptr<portal_reader> carol_;
    std::string subject_;
    std::string message_; ///< network message id
};

} // namespace cli
