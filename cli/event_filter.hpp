#pragma once

#include "bus/event.hpp"
#include "cli/event_options.hpp"
#include "cli/message_finder.hpp"
#include "mail/events.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace cli {

/// Which events of the log are shown. It sees the whole log, since many events name a message only
/// through another event.
class event_filter {
public:
    explicit event_filter(event_selection wanted);

    /// Every event of the log, in order. One that cannot be read is shown rather than hidden.
    bool shows(const bus::stored_event& event);
    bool shows(std::uint64_t seq, mail::bus_time time, const mail::event& fact);

private:
    bool is_within(std::uint64_t seq, mail::bus_time time) const;
    bool looks_inside() const { return !wanted_.types.empty() || !wanted_.message.empty(); }
    bool right_type(const mail::event& fact) const;
    bool right_message(const std::string& message) const;

    event_selection wanted_;
    message_finder finder_;
    std::unordered_map<std::string, std::string> header_by_message_;
};

} // namespace cli
