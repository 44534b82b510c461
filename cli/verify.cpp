#include "cli/verify.hpp"

#include "bus/stored_log.hpp"
#include "cli/durable_file.hpp"
#include "cli/event_line.hpp"
#include "cli/event_lines.hpp"
#include "cli/failure.hpp"
#include "cli/log_invariants.hpp"
#include "cli/log_secrets.hpp"
#include "cli/progress_bar.hpp"
#include "cli/signed_head.hpp"
#include "cli/state_directory.hpp"
#include "encryptor/key_slot.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

namespace {

constexpr std::size_t most_told = 20; // breaches, to people

bool holds_lines(const std::filesystem::path& file)
{
    std::ifstream start(file, std::ios::binary);
    return start.get() == '{';
}

struct verdict {
    bus::checked_log log;
    bool of_lines = false;
    std::vector<log_invariants::breach> breaches;
    std::string head_fault; ///< empty: it is there, or none was asked for
};

/// What the log has to hold: read and its signature checked before the long work begins.
std::optional<log_end> wanted_head(
    const std::filesystem::path& state, const verify_options& options)
{
    if (options.head.empty())
        return std::nullopt;
    const std::string text = read_whole(options.head);
    log_end end;
    try {
        end = parse_log_end(text);
    } catch (const failure& wrong) {
        throw failure(options.head.string() + ": " + wrong.what());
    }
    const state_directory directory(state);
    check_signature(end, options.key.empty() ? directory.head_public() : options.key);
    return end;
}

std::string head_fault(
    const log_end& end, const bus::checked_log& log, const std::string& hash, bool has_log_id)
{
    const std::string event = "event " + std::to_string(end.seq);
    if (has_log_id && log_end_of({log.identity, log.right}).log != end.log)
        return "the head is that of another log, " + end.log;
    if (!hash.empty() || end.seq == 0)
        return hash == end.hash || end.seq == 0
                   ? ""
                   : event + " has another hash than in the head: the log was written anew" +
                         (has_log_id ? "" : ", or the export is redacted");
    if (log.fault)
        return event + " of the head lies behind the damage";
    return "the log ends with event " + std::to_string(log.right.seq) + ", before " + event +
           " of the head: it was cut";
}

/// What a mail that was accepted needs so that its readers can open it.
void find_lost(
    const mail::ledger& ledger, bus::stored_log& log, std::vector<log_invariants::breach>& breaches)
{
    ledger.for_each_message([&](const mail::message_state& message) {
        const std::string_view content = message.accepted.content.text;
        if (!log.holds_content(content))
            breaches.push_back({message.seq, "the content that it names is lost"});
        for (const mail::recipient_state& copy : message.recipients) {
            const bool has_link = copy.accepted.delivery == mail::delivery_mode::link;
            const std::string slot = encryptor::link_slot_name(copy.accepted.mailbox.key());
            if (has_link && !log.holds_slot(content, slot))
                breaches.push_back({message.seq, "the key slot of a link that it names is lost"});
        }
        return true;
    });
}

void find_lost_keys(
    const std::filesystem::path& slab,
    bus::stored_log& log,
    std::vector<log_invariants::breach>& breaches)
{
    std::error_code missing;
    const std::uintmax_t octets = std::filesystem::file_size(slab, missing);
    const bus::stored_log::lost_keys lost = log.keys_beyond(missing ? 0 : octets);
    if (lost.slots > 0)
        breaches.push_back(
            {lost.first_seq,
             slab.string() + " was lost or cut off, and with it the keys of " +
                 std::to_string(lost.slots) + " key slots, this one's and later ones"});
}

/// `slab`: empty where nobody knows which one belongs to the file.
verdict check(
    const std::filesystem::path& file,
    const std::filesystem::path& slab,
    const std::optional<log_end>& end,
    const std::filesystem::path& keys)
{
    log_invariants invariants(log_secrets(keys));
    verdict found;
    found.of_lines = holds_lines(file);
    std::string hash;
    std::optional<progress_bar> bar;
    const bus::right_event seen = [&](const bus::stored_event& right, std::uint64_t last) {
        if (!bar)
            bar.emplace("checking", last);
        bar->reach(right.seq);
        invariants.add(right);
        if (end && right.seq == end->seq)
            hash = hexadecimal(right.own);
    };
    std::optional<bus::stored_log> log;
    found.log = found.of_lines ? check_event_lines(file, seen) : log.emplace(file).check(seen);
    bar.reset();
    found.breaches = invariants.breaches();
    if (log && !found.log.fault && !found.log.imported)
        find_lost(invariants.ledger(), *log, found.breaches);
    if (log && !found.log.fault && !slab.empty())
        find_lost_keys(slab, *log, found.breaches);
    if (end)
        found.head_fault = head_fault(*end, found.log, hash, !found.of_lines);
    return found;
}

void print_json(const verdict& found, bool asked_for_head)
{
    nlohmann::ordered_json line;
    line["right"] = found.log.right.seq;
    line["hash"] = hexadecimal(found.log.right.own);
    line["fault"] = nullptr;
    if (found.log.fault)
        line["fault"] = {{"seq", found.log.fault->seq}, {"reason", found.log.fault->reason}};
    if (found.log.fault && !found.log.fault->segment.empty())
        line["fault"]["segment"] = found.log.fault->segment.string();
    line["breaches"] = nlohmann::json::array();
    for (const log_invariants::breach& one : found.breaches)
        line["breaches"].push_back({{"seq", one.seq}, {"reason", one.what}});
    if (asked_for_head)
        line["head"] = found.head_fault.empty() ? "held" : found.head_fault;
    std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void print_text(const verdict& found, bool asked_for_head)
{
    const std::uint64_t right = found.log.right.seq;
    if (found.log.fault)
        std::cout << "event " << found.log.fault->seq << " is wrong: " << found.log.fault->reason
                  << "\n"
                  << right << (right == 1 ? " event" : " events") << " before it right\n";
    if (found.log.fault && !found.log.fault->segment.empty())
        std::cout << "it stands in the archive: restore " << found.log.fault->segment.string()
                  << " from a backup\n";
    else if (found.log.fault && !found.of_lines)
        std::cout
            << bus::restore_database
            << ", or, if only its end is damaged, cut that off with `sealpost bus truncate --after "
            << right << "`\n";
    if (!found.log.fault)
        std::cout << right << (right == 1 ? " event" : " events") << ", all right\n";
    for (const log_invariants::breach& one : std::views::take(found.breaches, most_told))
        std::cout << "event " << one.seq << " breaks a promise: " << one.what << "\n";
    if (found.breaches.size() > most_told)
        std::cout << "and " << found.breaches.size() - most_told
                  << " more: --json prints them all\n";
    if (asked_for_head)
        std::cout << (found.head_fault.empty() ? "the log holds the signed head" : found.head_fault)
                  << "\n";
}

} // namespace

int verify(const std::filesystem::path& state, const verify_options& options)
{
    const std::optional<log_end> end = wanted_head(state, options);
    const state_directory directory(state);
    const std::filesystem::path file =
        options.file.empty() ? directory.existing_database() : options.file;
    std::error_code unseen;
    if (!std::filesystem::is_regular_file(file, unseen))
        throw failure(
            file.string() +
            (std::filesystem::exists(file, unseen) ? " is no regular file" : " is no file") +
            "; name a journal.db, an export, or a file of `sealpost events`");
    const std::filesystem::path slab = options.file.empty() ? directory.slab() : "";
    const verdict found = check(file, slab, end, directory.keys());
    if (options.json)
        print_json(found, end.has_value());
    else
        print_text(found, end.has_value());
    return found.log.fault || !found.breaches.empty() || !found.head_fault.empty() ? 1 : 0;
}

} // namespace cli
