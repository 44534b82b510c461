#include "simulator/mailboxes/told_mails.hpp"

#include <utility>

namespace simulator {

const std::string* told_mails::find(std::int64_t id, const std::string& means) const
{
    const auto found = by_id_.find(id);
    return found != by_id_.end() && found->second.means == means ? &found->second.json : nullptr;
}

void told_mails::keep(std::int64_t id, std::string means, std::string json)
{
    forget(id);
    if (json.size() > longest)
        return;
    while (octets_ + json.size() > most_octets)
        forget(ids_.front());
    octets_ += json.size();
    by_id_[id] = {std::move(means), std::move(json)};
    ids_.push_back(id);
}

void told_mails::forget(std::int64_t id)
{
    const auto found = by_id_.find(id);
    if (found == by_id_.end())
        return;
    octets_ -= found->second.json.size();
    by_id_.erase(found);
    std::erase(ids_, id);
}

} // namespace simulator
