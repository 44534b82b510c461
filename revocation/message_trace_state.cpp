#include "revocation/message_trace.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

/// The trace as a snapshot keeps it.
namespace revocation {

namespace {

constexpr std::array<std::string_view, 11> events{
    "RECEIVE",
    "DELIVER",
    "DEFER",
    "FAIL",
    "SEND",
    "PASSCODE",
    "READ",
    "DENIED",
    "REVOKE",
    "RESTORE",
    "IN FORCE"};

void describe_event(mail::state_writer& fields, std::string_view event)
{
    const auto place = std::ranges::find(events, event) - events.begin();
    fields.count("event", static_cast<std::size_t>(place));
}

void describe_event(mail::state_reader& fields, std::string_view& event)
{
    std::size_t place = 0;
    fields.count("event", place);
    if (place >= events.size())
        throw mail::damaged_state("a row of the trace is of an unknown event");
    event = events[place];
}

constexpr auto describe_row = [](auto& fields, auto& row) {
    fields.milliseconds("time", row.time);
    fields.count("seq", row.seq);
    describe_event(fields, row.event);
    fields.text("recipient", row.recipient);
    fields.text("detail", row.detail);
};

} // namespace

template <class Fields, class Trace>
void message_trace::describe_all(Fields& fields, Trace& self)
{
    fields.constant("sealpost trace 1");
    fields.table(self.rows_, [](auto& in, auto& rows) { in.each(rows, describe_row); });
    fields.table(self.open_reads_, [](auto& in, auto& read) {
        in.id("message", read.message.text);
        in.count("row", read.row);
    });
    fields.finish();
}

void message_trace::write(const mail::octet_sink& to) const
{
    mail::state_writer fields(to);
    describe_all(fields, *this);
}

message_trace message_trace::read(std::string_view octets)
{
    message_trace result;
    mail::state_reader fields(octets);
    describe_all(fields, result);
    for (const auto& [attempt, read] : result.open_reads_) {
        if (read.row >= result.rows(read.message).size())
            throw mail::damaged_state("a row that is open is not in the trace");
    }
    return result;
}

} // namespace revocation
