#pragma once

#include "encryptor/key_slot.hpp"
#include "encryptor/smime.hpp"
#include "gateway/delivery_queue.hpp"
#include "gateway/mail_log.hpp"
#include "gateway/smtp_client.hpp"
#include "mail/ledger.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace gateway {

/// What is to be done with a queued copy, as the log stands.
struct outgoing_copy {
    enum class action {
        send,
        withhold, ///< revoked
        fail,     ///< it can never be sent; `why` says so
        wait,     ///< the bus did not answer; `why` says so
        forget    ///< the log has moved on: it is delivered or failed already
    };
    action wanted = action::wait;
    std::string why;
    mail::address sender;
    mail::address recipient;
    mail_source octets;
    std::string content; ///< beside which the gateway's slot lies; empty for failure notices
};

/// What making copies needs; all of it outlives the maker.
struct copy_materials {
    mail_log& log;
    const mail::ledger& ledger;
    const encryptor::signing_identity& signer;
    const encryptor::box_key_pair& gateway_box;
    std::string portal_url; ///< without final slash
    std::string host_name;
};

/// Makes the mail that a queued copy stands for: the wrapper with its link, the S/MIME copy, the
/// plain passcode mail, the failure notice. Never clear text of a message: what can't be encrypted
/// fails.
class copy_maker {
public:
    explicit copy_maker(copy_materials materials) : have_(std::move(materials)) {}

    /// The caller has caught up with the log just before.
    boost::asio::awaitable<outgoing_copy> make(queued_copy copy, mail::bus_time now);

private:
    boost::asio::awaitable<outgoing_copy> message_copy(queued_copy copy, mail::bus_time now);
    boost::asio::awaitable<outgoing_copy> submission_copy(queued_copy copy, mail::bus_time now);
    outgoing_copy standing(const queued_copy& copy) const;
    outgoing_copy notice_copy(const queued_copy& copy, mail::bus_time now) const;
    outgoing_copy link_copy(
        const mail::message_state& message,
        outgoing_copy made,
        const encryptor::gateway_secret& held) const;
    outgoing_copy inline_copy(
        outgoing_copy made, const encryptor::gateway_secret& held, mail::bus_time now) const;

    copy_materials have_;
};

} // namespace gateway
