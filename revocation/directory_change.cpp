#include "revocation/directory_change.hpp"

#include <string>
#include <utility>

namespace revocation {

namespace {

bool same(const mail::organisation_entry& one, const mail::organisation_entry& other)
{
    return one.name == other.name && one.force_link == other.force_link &&
           one.expiry_seconds == other.expiry_seconds;
}

bool same(const mail::domain_entry& one, const mail::domain_entry& other)
{
    return one.identity == other.identity && one.client == other.client;
}

bool same(const mail::recipient_entry& one, const mail::recipient_entry& other)
{
    return one.mailbox.text() == other.mailbox.text() && one.identity == other.identity &&
           one.client == other.client && one.certificate == other.certificate &&
           one.reads_gcm == other.reads_gcm;
}

/// `held`: nullptr when the directory has no such entry.
template <class Entry>
bool changes(const Entry& wanted, const Entry* held)
{
    if (wanted.removed)
        return held != nullptr;
    return !held || !same(wanted, *held);
}

/// Octets that an entry takes as JSON, rounded up: line ends of PEM are escaped.
std::size_t weight(const mail::domain_entry& entry)
{
    return entry.domain.size() + 128;
}
std::size_t weight(const mail::recipient_entry& entry)
{
    return 2 * entry.mailbox.text().size() + entry.certificate.size() * 5 / 4 + 256;
}

class cutter {
public:
    cutter(const mail::directory_changed& whole, std::size_t most_octets)
        : actor_(whole.actor), most_octets_(most_octets)
    {
        open();
        parts_.back().organisation = whole.organisation;
    }

    template <class Entry>
    void add(std::vector<Entry> mail::directory_changed::*list, const Entry& entry)
    {
        if (octets_ + weight(entry) > most_octets_ && octets_ > 0)
            open();
        octets_ += weight(entry);
        (parts_.back().*list).push_back(entry);
    }

    std::vector<mail::directory_changed> take() { return std::move(parts_); }

private:
    void open()
    {
        parts_.emplace_back();
        parts_.back().actor = actor_;
        octets_ = 0;
    }

    std::string actor_;
    std::size_t most_octets_;
    std::size_t octets_ = 0;
    std::vector<mail::directory_changed> parts_;
};

} // namespace

mail::directory_changed differences(mail::directory_changed wanted, const mail::ledger& ledger)
{
    if (wanted.organisation && same(*wanted.organisation, ledger.organisation()))
        wanted.organisation.reset();
    std::erase_if(wanted.domains, [&](const mail::domain_entry& each) {
        return !changes(each, ledger.find_domain(each.domain));
    });
    std::erase_if(wanted.recipients, [&](const mail::recipient_entry& each) {
        return !changes(each, ledger.find_recipient(each.mailbox));
    });
    return wanted;
}

bool is_empty(const mail::directory_changed& change)
{
    return !change.organisation && change.domains.empty() && change.recipients.empty();
}

std::vector<mail::directory_changed> cut(
    const mail::directory_changed& change, std::size_t most_octets)
{
    if (is_empty(change))
        return {};
    cutter parts{change, most_octets};
    for (const mail::domain_entry& each : change.domains)
        parts.add(&mail::directory_changed::domains, each);
    for (const mail::recipient_entry& each : change.recipients)
        parts.add(&mail::directory_changed::recipients, each);
    return parts.take();
}

} // namespace revocation
