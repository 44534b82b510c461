#include "revocation/directory_json.hpp"

#include "mail/event_json.hpp"
#include "revocation/certificate.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <utility>

namespace revocation {

namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t most_entries = 20'000;
constexpr std::int64_t longest_expiry = 730LL * 24 * 3600; ///< as in the original: 730 days
constexpr std::size_t longest_name = 128;

/// One object of the input; what it lacks keeps its default, what is wrong goes to the faults.
class object_reader {
public:
    object_reader(const json& value, std::string path, parsed<mail::directory_changed>& result)
        : value_(value), path_(std::move(path)), result_(result)
    {
        if (!value_.is_object())
            fault("", "must be an object");
    }

    bool is_object() const { return value_.is_object(); }
    void fault(const std::string& key, std::string problem)
    {
        result_.fault(key.empty() ? path_ : path_ + "/" + key, std::move(problem));
    }
    void allow(std::initializer_list<std::string_view> keys)
    {
        for (const auto& [key, item] : value_.items())
            if (std::ranges::count(keys, std::string_view{key}) == 0)
                fault(key, "is unknown");
    }
    const std::string* text(const std::string& key)
    {
        const json* item = find(key);
        if (item && !item->is_string())
            fault(key, "must be a text");
        return item && item->is_string() ? item->get_ptr<const std::string*>() : nullptr;
    }
    void flag(const std::string& key, bool& into)
    {
        const json* item = find(key);
        if (item && item->is_boolean())
            into = item->get<bool>();
        else if (item)
            fault(key, "must be true or false");
    }
    void seconds(const std::string& key, std::int64_t& into)
    {
        const json* item = find(key);
        if (!item)
            return;
        const bool allowed = item->is_number_integer() && item->get<std::int64_t>() >= 0 &&
                             item->get<std::int64_t>() <= longest_expiry;
        if (allowed)
            into = item->get<std::int64_t>();
        else
            fault(key, "must be whole seconds from 0 (never) to " + std::to_string(longest_expiry));
    }

private:
    const json* find(const std::string& key) const
    {
        const auto found = value_.find(key);
        return found == value_.end() || found->is_null() ? nullptr : &*found;
    }

    const json& value_;
    std::string path_;
    parsed<mail::directory_changed>& result_;
};

mail::client_type usual_client(mail::identity_type identity)
{
    const bool outlook = identity == mail::identity_type::office365 ||
                         identity == mail::identity_type::microsoft_account;
    return outlook ? mail::client_type::outlook : mail::client_type::other;
}

/// Identity and client of a domain or a recipient.
template <class Entry>
void read_kind(object_reader& reader, Entry& entry)
{
    reader.flag("removed", entry.removed);
    const std::string* identity = reader.text("identity");
    if (!identity && !entry.removed)
        reader.fault("identity", "must be office365, microsoft_account, google, yahoo or other");
    if (identity) {
        try {
            entry.identity = mail::parse_identity(*identity);
        } catch (const mail::invalid_event& wrong) {
            reader.fault("identity", wrong.what());
        }
    }
    entry.client = usual_client(entry.identity);
    if (const std::string* client = reader.text("client")) {
        try {
            entry.client = mail::parse_client(*client);
        } catch (const mail::invalid_event& wrong) {
            reader.fault("client", wrong.what());
        }
    }
}

void read_organisation(object_reader reader, mail::organisation_entry& organisation)
{
    reader.allow({"name", "force_link", "expiry_seconds"});
    if (const std::string* name = reader.text("name")) {
        if (name->empty() || name->size() > longest_name)
            reader.fault("name", "must have 1 to " + std::to_string(longest_name) + " octets");
        organisation.name = *name;
    }
    reader.flag("force_link", organisation.force_link);
    reader.seconds("expiry_seconds", organisation.expiry_seconds);
}

void read_domain(object_reader reader, mail::directory_changed& wanted)
{
    reader.allow({"domain", "identity", "client", "removed"});
    mail::domain_entry entry;
    const std::string* name = reader.text("domain");
    const auto example = name ? mail::address::parse("x@" + *name) : std::nullopt;
    if (example)
        entry.domain = std::string{example->domain()};
    else
        reader.fault("domain", "must be a domain name");
    read_kind(reader, entry);
    wanted.domains.push_back(std::move(entry));
}

void read_recipient(object_reader reader, mail::directory_changed& wanted)
{
    reader.allow({"address", "identity", "client", "certificate", "reads_gcm", "removed"});
    mail::recipient_entry entry;
    const std::string* text = reader.text("address");
    const auto mailbox = text ? mail::address::parse(*text) : std::nullopt;
    if (mailbox)
        entry.mailbox = *mailbox;
    else
        reader.fault("address", "must be a mail address");
    read_kind(reader, entry);
    reader.flag("reads_gcm", entry.reads_gcm);
    const std::string* certificate = reader.text("certificate");
    if (certificate && !certificate->empty()) {
        certificate_reading reading = read_certificate(*certificate);
        if (!reading.problem.empty())
            reader.fault("certificate", reading.problem);
        entry.certificate = std::move(reading.pem);
    }
    wanted.recipients.push_back(std::move(entry));
}

template <class Read>
void read_list(
    const json& list, const std::string& path, parsed<mail::directory_changed>& result, Read read)
{
    if (!list.is_array() || list.size() > most_entries) {
        result.fault(
            path, "must be a list of at most " + std::to_string(most_entries) + " objects");
        return;
    }
    for (std::size_t index = 0; index < list.size(); ++index) {
        object_reader reader{list[index], path + "/" + std::to_string(index), result};
        if (reader.is_object())
            read(std::move(reader), result.value);
    }
}

template <class Entry, class Key>
void find_repeated(
    const std::vector<Entry>& entries,
    const std::string& list,
    const std::string& field,
    Key key,
    parsed<mail::directory_changed>& result)
{
    std::set<std::string> seen;
    for (std::size_t index = 0; index < entries.size(); ++index) {
        const std::string& name = key(entries[index]);
        if (name.empty() || seen.insert(name).second)
            continue;
        std::string path = list;
        path.append(std::to_string(index)).append(field);
        result.fault(std::move(path), "stands here twice");
    }
}

void find_repeated_entries(parsed<mail::directory_changed>& result)
{
    const auto domain = [](const mail::domain_entry& each) -> const std::string& {
        return each.domain;
    };
    const auto mailbox = [](const mail::recipient_entry& each) -> const std::string& {
        return each.mailbox.key();
    };
    find_repeated(result.value.domains, "/domains/", "/domain", domain, result);
    find_repeated(result.value.recipients, "/recipients/", "/address", mailbox, result);
}

json organisation_object(const mail::organisation_entry& organisation)
{
    return {
        {"name", organisation.name},
        {"force_link", organisation.force_link},
        {"expiry_seconds", organisation.expiry_seconds}};
}

} // namespace

parsed<mail::directory_changed> parse_directory(
    std::string_view body, const mail::organisation_entry& now)
{
    parsed<mail::directory_changed> result;
    const json value = json::parse(body, nullptr, false);
    if (!value.is_object()) {
        result.fault("", "must be a JSON object");
        return result;
    }
    for (const auto& [key, item] : value.items()) {
        if (item.is_null())
            continue;
        if (key == "organisation") {
            result.value.organisation = now;
            object_reader reader{item, "/organisation", result};
            if (reader.is_object())
                read_organisation(std::move(reader), *result.value.organisation);
        } else if (key == "domains") {
            read_list(item, "/domains", result, read_domain);
        } else if (key == "recipients") {
            read_list(item, "/recipients", result, read_recipient);
        } else {
            result.fault("/" + key, "is unknown; organisation, domains and recipients are allowed");
        }
    }
    find_repeated_entries(result);
    return result;
}

std::string to_json(const directory_answer& answer)
{
    const json whole{
        {"changed", answer.seq.has_value()},
        {"seq", answer.seq ? json(*answer.seq) : json()},
        {"organisation", answer.organisation},
        {"domains", answer.domains},
        {"recipients", answer.recipients}};
    return whole.dump();
}

std::string directory_json(const mail::ledger& ledger)
{
    json domains = json::array();
    for (const auto& [name, each] : ledger.domains())
        domains.push_back(
            {{"domain", each.domain},
             {"identity", mail::to_text(each.identity)},
             {"client", mail::to_text(each.client)}});
    json recipients = json::array();
    for (const auto& [key, each] : ledger.directory_recipients())
        recipients.push_back(
            {{"address", each.mailbox.text()},
             {"identity", mail::to_text(each.identity)},
             {"client", mail::to_text(each.client)},
             {"certificate", each.certificate},
             {"reads_gcm", each.reads_gcm}});
    const json whole{
        {"organisation", organisation_object(ledger.organisation())},
        {"domains", std::move(domains)},
        {"recipients", std::move(recipients)}};
    return whole.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace revocation
