#pragma once

#include "mail/events.hpp"

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// What happens to the mails of a generated log, as chances.
struct log_habits {
    std::vector<double> recipients{0.5, 0.3, 0.12, 0.08}; ///< of 1, 2, 3, 4 recipients
    double link = 0.7;                                    ///< a recipient gets a link
    double reads = 0.6;     ///< a link recipient signs in and looks at the mail
    double deferred = 0.03; ///< a copy is deferred before it is delivered
    double revoked = 0.02;
    std::size_t mailboxes = 0; ///< recipients are drawn from so many; 0: each has one of its own
};

/// A log such as a busy pipeline writes: field sizes as the real processes make them, many mails
/// under way at once. The same seed gives the same log.
class generated_log {
public:
    /// `after`: seq of the event that the first one follows.
    explicit generated_log(log_habits habits = {}, unsigned seed = 1, std::uint64_t after = 0);

    struct entry {
        mail::bus_time time;
        mail::event fact;
    };
    entry next();
    std::uint64_t messages() const { return messages_; }

private:
    struct story {
        std::deque<mail::event> ahead;
        std::uint64_t revoke_seq = 0;
    };

    bool happens(double chance) { return std::bernoulli_distribution(chance)(dice_); }
    std::size_t below(std::size_t bound);
    std::string digits(std::size_t count);
    std::string uuid();
    std::string id() { return uuid(); }
    mail::address mailbox();
    story new_story();
    void tell(story& mail, std::string_view source, mail::event_body body);
    mail::message_accepted accepted();
    mail::accepted_recipient recipient();
    void delivered(story& mail, const std::string& what, const mail::address& to);
    void signed_in(
        story& mail,
        const mail::network_message_id& message,
        const mail::address& reader,
        const mail::session_hash& session);
    void read(
        story& mail,
        const mail::network_message_id& message,
        const mail::address& reader,
        const mail::session_hash& session);
    void revoked(story& mail, const mail::network_message_id& message);

    log_habits habits_;
    std::mt19937_64 dice_;
    std::vector<story> under_way_;
    std::uint64_t seq_;
    bool begun_ = false;
    std::uint64_t messages_ = 0;
    mail::bus_time time_ = 1'800'000'000'000;
};

} // namespace bench
