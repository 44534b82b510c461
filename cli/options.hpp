#pragma once

#include "cli/event_options.hpp"
#include "cli/log_moment.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What the arguments of each command say; filled by arguments.cpp alone. Defaults stand here.
namespace cli {

/// Ports to bind on 127.0.0.1; 0: the operating system chooses.
struct port_choice {
    std::uint16_t smtp = 2525;
    std::uint16_t portal = 8443;
    std::uint16_t admin = 8444;
    std::uint16_t mailboxes = 8025;
    std::uint16_t mailboxes_smtp = 0;

    static port_choice all_free() { return {0, 0, 0, 0, 0}; }
};

/// Those that were named; they stand over the others.
struct given_ports {
    std::optional<std::uint16_t> smtp, portal, admin, mailboxes, mailboxes_smtp;

    port_choice over(port_choice ports) const
    {
        ports.smtp = smtp.value_or(ports.smtp);
        ports.portal = portal.value_or(ports.portal);
        ports.admin = admin.value_or(ports.admin);
        ports.mailboxes = mailboxes.value_or(ports.mailboxes);
        ports.mailboxes_smtp = mailboxes_smtp.value_or(ports.mailboxes_smtp);
        return ports;
    }
};

struct pipeline_options {
    std::filesystem::path state;    ///< empty for an ephemeral one
    bool ephemeral = false;         ///< a temporary state directory, removed at the end
    bool accept_unerasable = false; ///< of a lasting one; an ephemeral one always may
    bool restart = true;            ///< a child that dies is started again
    bool mailboxes = true;
    unsigned portals = 1;
    std::string next_hop; ///< host:port; empty: the simulated mailboxes
    port_choice ports;
};

struct up_options {
    pipeline_options pipeline;
    bool json = false;
};

struct demo_options {
    pipeline_options pipeline;
    bool once = false;
};

struct send_options {
    std::string from;
    std::vector<std::string> to;
    std::string subject;
    std::optional<std::string> text;
    std::optional<std::string> html;
    std::vector<std::filesystem::path> attachments;
    std::optional<std::filesystem::path> raw; ///< "-": standard input
    bool json = false;
};

struct trace_options {
    std::string id;
    std::string sender;
    std::string recipient;
    bool json = false;
};

struct status_options {
    std::string id;
    std::optional<log_moment> at; ///< nullopt: now
    bool json = false;
};

struct revoke_options {
    bool restore = false;
    std::string id;
    std::vector<std::string> recipients; ///< empty: all
    std::string reason;
    std::string note;
    bool json = false;
};

struct apply_options {
    std::filesystem::path file;
    bool check_only = false;
    bool json = false;
};

struct digest_options {
    std::int64_t timeout_seconds = 10;
    bool json = false;
};

struct wait_options {
    std::string predicate;
    std::int64_t timeout_seconds = 30;
    std::uint64_t since = 0; ///< what happened up to this event does not count
    bool json = false;
};

struct verify_options {
    std::filesystem::path file; ///< a log, or lines of `events`; empty: the state directory's log
    std::filesystem::path head; ///< empty: none to compare with
    std::filesystem::path key;  ///< empty: the state directory's keys/head.public
    bool json = false;
};

struct head_options {
    bool sign = false;
    bool json = false;
};

struct bus_truncate_options {
    std::uint64_t after = 0; ///< the last event that stays
    bool confirm = false;    ///< false: only say what would be removed
    bool json = false;
};

struct bus_compact_options {
    std::optional<log_moment> before;  ///< the first event that stays
    std::optional<std::uint64_t> keep; ///< so many stay; one of the two is set
    bool dry_run = false;              ///< only say what would be archived
    bool json = false;
};

struct shell_options {
    std::optional<std::string> cmdlets; ///< nullopt: read from standard input
};

/// --help or --version: print and stop.
struct printed_text {
    std::string text;
};

using command_options = std::variant<
    printed_text,
    up_options,
    demo_options,
    send_options,
    trace_options,
    status_options,
    revoke_options,
    apply_options,
    events_options,
    events_export_options,
    events_import_options,
    events_tail_options,
    digest_options,
    wait_options,
    verify_options,
    head_options,
    bus_truncate_options,
    bus_compact_options,
    shell_options>;

struct invocation {
    std::filesystem::path state; ///< --state, else $SEALPOST_STATE, else ./sealpost-state
    command_options command;
};

} // namespace cli
