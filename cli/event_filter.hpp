#pragma once

#include "mail/events.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace cli {

/// Which events `sealpost events` shows. It follows the whole log, since many events name a message
/// only through another event: a close names the attempt, a try the challenge.
class event_filter {
public:
    /// `types` with or without "sealpost."; empty: all. `message`: network message id or
    /// Message-ID; empty: all.
    event_filter(std::vector<std::string> types, std::string message);

    /// Every event of the log, in order.
    bool shows(const mail::event& fact);

private:
    bool right_type(const mail::event& fact) const;
    /// Network message id that the event is about; empty for none.
    std::string message_of(const mail::event& fact);

    std::string remember(const std::string& key, const std::string& message);
    std::string recall(const std::string& key) const;

    std::vector<std::string> types_;
    std::string message_;
    std::unordered_map<std::string, std::string>
        message_by_key_; ///< attempt, challenge, submission → message
    std::unordered_map<std::string, std::string> header_by_message_;
};

} // namespace cli
