#pragma once

#include "mail/events.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace cli {

/// Says which message an event is about, also where it names the message only through another
/// event: a close names the attempt, a try the challenge, a delivery the submission.
class message_finder {
public:
    /// Every event of the log, in order. Network message id; empty for none.
    std::string message_of(const mail::event& fact);

private:
    std::string known_as(const std::string& key) const;

    /// Event id of an attempt or submission, or challenge → message.
    std::unordered_map<std::string, std::string> message_by_key_;
};

} // namespace cli
