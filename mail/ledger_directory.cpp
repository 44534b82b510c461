#include "mail/ledger.hpp"

#include <algorithm>

/// Who receives how: the directory and the organisation's settings, which are data in the log.
namespace mail {
namespace {

std::string lower(std::string_view text)
{
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

template <class Entry>
void merge(std::map<std::string, Entry>& entries, std::string key, const Entry& entry)
{
    if (entry.removed)
        entries.erase(key);
    else
        entries.insert_or_assign(std::move(key), entry);
}

} // namespace

void ledger::rule(const event_id&, const directory_changed& fact)
{
    if (fact.organisation)
        organisation_ = *fact.organisation;
    for (const domain_entry& entry : fact.domains)
        merge(domains_, lower(entry.domain), entry);
    for (const recipient_entry& entry : fact.recipients)
        merge(directory_, entry.mailbox.key(), entry);
}

const domain_entry* ledger::find_domain(std::string_view domain) const
{
    const auto found = domains_.find(lower(domain));
    return found == domains_.end() ? nullptr : &found->second;
}

const recipient_entry* ledger::find_recipient(const address& mailbox) const
{
    const auto found = directory_.find(mailbox.key());
    return found == directory_.end() ? nullptr : &found->second;
}

} // namespace mail
