#include "cli/log_export.hpp"

#include "bus/chain.hpp"
#include "cli/event_line.hpp"
#include "cli/failure.hpp"
#include "mail/event_json.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace cli {

namespace {

using json = nlohmann::ordered_json;

constexpr const char* kind = "sealpost log";
constexpr int format = 1;

bool is_whole(const event_selection& wanted)
{
    const bool from_first = !wanted.from || (wanted.from->seq && *wanted.from->seq <= 1);
    return from_first && wanted.types.empty() && wanted.message.empty();
}

mail::event fact_of(const bus::stored_event& event, const redactor& by)
{
    try {
        return by.redacted(mail::parse_event(event.payload));
    } catch (const mail::invalid_event&) {
        return by.unreadable(event.seq);
    }
}

} // namespace

std::string header_line(const export_header& header)
{
    return json{
        {"export", kind},
        {"format", format},
        {"log", header.log},
        {"whole", header.whole},
        {"redacted", header.redacted},
        {"chain", header.redacted ? "new" : "original"}}
        .dump();
}

std::string end_line(const export_end& end)
{
    return json{{"end", {{"events", end.events}, {"seq", end.seq}, {"hash", end.hash}}}}.dump();
}

export_header read_header_line(std::string_view line)
{
    const json header = json::parse(line, nullptr, false);
    if (!header.is_object() || header.value("export", json()) != kind)
        throw failure("is no first line of `sealpost events export`");
    if (header.value("format", json()) != format)
        throw failure("names a format that this version does not know");
    try {
        return {header.at("log"), header.at("whole"), header.at("redacted")};
    } catch (const json::exception&) {
        throw failure("is no first line of `sealpost events export`: log, whole or redacted");
    }
}

export_end read_end_line(std::string_view line)
try {
    const json end = json::parse(line).at("end");
    return {end.at("events"), end.at("seq"), end.at("hash")};
} catch (const json::exception&) {
    throw failure("is no last line of `sealpost events export`");
}

bool is_end_line(std::string_view line)
{
    return line.starts_with("{\"end\":");
}

log_export::log_export(const std::string& log, const event_selection& wanted, bool redact, sink to)
    : filter_(wanted), to_(std::move(to))
{
    if (redact)
        redactor_.emplace();
    to_(header_line({redact ? redactor_->log_id() : log, is_whole(wanted), redact}) + "\n");
    end_.hash = hexadecimal(last_);
}

void log_export::add(const bus::stored_event& event)
{
    const bool shown = filter_.shows(event);
    // Redacted all the same: the hash of the next one depends on it.
    const bus::stored_event written = redactor_ ? redacted(event) : event;
    if (!shown)
        return;
    to_(event_line(written) + "\n");
    end_ = {end_.events + 1, written.seq, hexadecimal(written.own)};
}

void log_export::finish()
{
    to_(end_line(end_) + "\n");
}

bus::stored_event log_export::redacted(const bus::stored_event& event)
{
    const mail::event fact = fact_of(event, *redactor_);
    bus::stored_event made;
    made.id = fact.id.text;
    made.type = mail::type_of(fact);
    made.payload = mail::to_json(fact);
    made.seq = event.seq;
    made.time = event.time;
    made.prev = last_;
    made.own = last_ =
        bus::chain_hash(made.prev, made.seq, made.time, made.id, made.type, made.payload);
    return made;
}

} // namespace cli
