#include "cli/event_summary.hpp"

#include "cli/terminal_text.hpp"
#include "mail/date.hpp"
#include "mail/event_json.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace cli {

namespace {

constexpr std::size_t most_named = 3;

std::string counted(std::size_t count, const std::string& what)
{
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (std::size_t at = 0; at < std::min(names.size(), most_named); ++at)
        text += (at > 0 ? ", " : "") + names[at];
    return names.size() > most_named
               ? text + " and " + std::to_string(names.size() - most_named) + " more"
               : text;
}

std::string joined(const std::vector<mail::address>& mailboxes)
{
    std::vector<std::string> names;
    names.reserve(mailboxes.size());
    for (const mail::address& mailbox : mailboxes)
        names.push_back(mailbox.text());
    return joined(names);
}

/// One overload a type; a type that later versions know has a line without more words.
struct teller {
    const mail::event& fact;
    const mail::ledger& ledger;
    event_summary& line;

    template <class Other>
    void operator()(const Other&) const
    {}

    void operator()(const mail::message_accepted& body) const
    {
        std::vector<std::string> names;
        std::size_t links = 0;
        for (const mail::accepted_recipient& recipient : body.recipients) {
            names.push_back(recipient.mailbox.text());
            links += recipient.delivery == mail::delivery_mode::link ? 1 : 0;
        }
        line.who = (body.sender.is_null() ? "<>" : body.sender.text()) + " to " + joined(names);
        line.what = "\"" + body.subject + "\", " + counted(links, "link") + ", " +
                    std::to_string(names.size() - links) + " inline";
    }
    void operator()(const mail::delivery_attempted& body) const
    {
        line.who = body.recipient.text();
        line.what = std::string(to_text(body.outcome)) +
                    (body.smtp_reply.empty() ? "" : ": " + body.smtp_reply);
        if (body.failure_notice)
            line.what = "notice to the sender " + line.what;
        const bool done = body.outcome == mail::delivery_outcome::delivered;
        const bool failed = body.outcome == mail::delivery_outcome::failed;
        line.sounds = done ? tone::good : failed ? tone::refused : tone::plain;
    }
    void operator()(const mail::passcode_issued& body) const
    {
        line.who = body.recipient.text();
        line.what = "reference " + body.reference + ", valid " +
                    counted(static_cast<std::size_t>(body.valid_seconds / 60), "minute");
    }
    void operator()(const mail::passcode_tried& body) const
    {
        if (const mail::challenge_state* challenge = ledger.find_challenge(body.challenge))
            line.who = challenge->issued.recipient.text();
        const auto verdict = ledger.passcode_try(fact.id);
        if (!verdict)
            return;
        line.what = mail::to_text(*verdict);
        line.sounds = *verdict == mail::passcode_verdict::opened ? tone::good : tone::refused;
    }
    void operator()(const mail::access_attempted& body) const
    {
        line.who = body.recipient.text();
        tell_verdict(
            fact.id, std::string(to_text(body.what)) + (body.item.empty() ? "" : " " + body.item));
    }
    void operator()(const mail::access_renewed& body) const { tell_of(body.attempt, "renewal"); }
    void operator()(const mail::access_closed& body) const
    {
        if (const mail::attempt_state* attempt = ledger.find_attempt(body.attempt))
            line.who = attempt->attempted.recipient.text();
        line.what = std::to_string(body.bytes) + " octets, " + body.ending;
    }
    void operator()(const mail::mail_submitted& body) const
    {
        line.who = joined(body.recipients);
        line.what = to_text(body.kind);
    }
    void operator()(const mail::message_revoked& body) const
    {
        tell_command(body.actor, body.recipients, body.reason);
    }
    void operator()(const mail::message_restored& body) const
    {
        tell_command(body.actor, body.recipients, body.reason);
    }
    void operator()(const mail::revocation_enforced& body) const
    {
        line.what = "in force after " + std::to_string(body.milliseconds) + " ms, " +
                    std::to_string(body.read_before.size()) + " had read";
        line.sounds = tone::taken_back;
    }
    void operator()(const mail::directory_changed& body) const
    {
        line.who = body.actor;
        line.what = (body.organisation ? "organisation, " : "") +
                    counted(body.domains.size(), "domain") + ", " +
                    counted(body.recipients.size(), "recipient");
    }

private:
    void tell_of(const mail::event_id& attempt, const std::string& what) const
    {
        if (const mail::attempt_state* known = ledger.find_attempt(attempt))
            line.who = known->attempted.recipient.text();
        tell_verdict(attempt, what);
    }
    void tell_verdict(const mail::event_id& attempt, const std::string& what) const
    {
        line.what = what;
        const mail::attempt_state* known = ledger.find_attempt(attempt);
        if (known == nullptr)
            return;
        line.what += ": " + std::string(to_text(known->verdict));
        line.sounds = known->verdict == mail::access_verdict::granted ? tone::good : tone::refused;
    }
    void tell_command(
        const std::string& actor,
        const std::vector<mail::address>& recipients,
        const std::string& reason) const
    {
        line.who = actor;
        line.what = (recipients.empty() ? "all recipients" : "for " + joined(recipients)) +
                    (reason.empty() ? "" : ": " + reason);
        line.sounds = tone::taken_back;
    }
};

std::string_view color_of(tone wanted)
{
    switch (wanted) {
    case tone::good:
        return "32";
    case tone::refused:
        return "31";
    case tone::taken_back:
        return "33";
    case tone::plain:
        break;
    }
    return "";
}

std::string padded(std::string text, std::size_t width, bool left = false)
{
    const std::string gap(text.size() < width ? width - text.size() : 0, ' ');
    return left ? gap + text : text + gap;
}

} // namespace

event_summary summary_of(
    const mail::event& fact, const std::string& message, const mail::ledger& after)
{
    constexpr std::string_view prefix = "sealpost.";
    const std::string_view type = mail::type_of(fact);
    event_summary line;
    line.type = type.starts_with(prefix) ? type.substr(prefix.size()) : type;
    line.message = message;
    std::visit(teller{fact, after, line}, fact.body);
    return line;
}

std::string summary_line(const bus::stored_event& event, const event_summary& summary, bool colors)
{
    constexpr std::string_view faint = "2";
    constexpr std::string_view bold = "1";
    std::string line = painted(padded(std::to_string(event.seq), 6, true), faint, colors) + "  " +
                       painted(mail::iso8601_utc(event.time), faint, colors) + "  " +
                       painted(padded(printable(summary.type), 19), bold, colors) + "  " +
                       padded(printable(summary.message.empty() ? "-" : summary.message), 36);
    if (!summary.who.empty())
        line += "  " + printable(summary.who);
    if (!summary.what.empty())
        line += "  " + painted(
                           printable(summary.what),
                           color_of(summary.sounds),
                           colors && summary.sounds != tone::plain);
    return line;
}

} // namespace cli
