#include "revocation/revoke_register.hpp"

#include <algorithm>

namespace revocation {

namespace {

bool covers(const mail::message_revoked& revoke, const mail::address& recipient)
{
    return revoke.recipients.empty() || std::ranges::count(revoke.recipients, recipient) > 0;
}

} // namespace

void revoke_register::apply(std::uint64_t seq, const mail::event& fact, boot_time now)
{
    if (const auto* revoked = std::get_if<mail::message_revoked>(&fact.body)) {
        const auto announced = announced_.find(fact.id);
        const boot_time began = announced == announced_.end() ? now : announced->second;
        revokes_.emplace(seq, revoke{seq, *revoked, began, std::nullopt});
        unenforced_.insert(seq);
        of_message_[revoked->message].push_back(seq);
    } else if (const auto* enforced = std::get_if<mail::revocation_enforced>(&fact.body)) {
        const auto found = revokes_.find(enforced->revoke_seq);
        if (found == revokes_.end() || found->second.enforced)
            return;
        found->second.enforced = *enforced;
        unenforced_.erase(enforced->revoke_seq);
    }
}

const revoke_register::revoke* revoke_register::find(std::uint64_t seq) const
{
    const auto found = revokes_.find(seq);
    return found == revokes_.end() ? nullptr : &found->second;
}

bool revoke_register::is_enforced(std::uint64_t seq) const
{
    const revoke* found = find(seq);
    return found && found->enforced;
}

std::vector<std::uint64_t> revoke_register::latest(
    const mail::network_message_id& message, const std::vector<mail::address>& recipients) const
{
    const auto found = of_message_.find(message);
    if (found == of_message_.end())
        return {};
    const std::vector<std::uint64_t>& seqs = found->second;
    if (recipients.empty())
        return {seqs.back()};
    std::set<std::uint64_t> wanted;
    for (const mail::address& recipient : recipients) {
        const auto last = std::find_if(seqs.rbegin(), seqs.rend(), [&](std::uint64_t seq) {
            return covers(revokes_.at(seq).revoked, recipient);
        });
        if (last != seqs.rend())
            wanted.insert(*last);
    }
    return {wanted.begin(), wanted.end()};
}

std::vector<std::uint64_t> revoke_register::unenforced() const
{
    return {unenforced_.begin(), unenforced_.end()};
}

} // namespace revocation
