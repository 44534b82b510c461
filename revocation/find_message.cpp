#include "revocation/find_message.hpp"

#include "revocation/admin_gate.hpp"
#include "revocation/message_search.hpp"

namespace revocation {

one_message find_message(const mail::ledger& ledger, std::string_view id)
{
    const auto ids = resolve(ledger, id);
    if (ids.size() == 1)
        return {ledger.find(ids.front()), std::nullopt};
    problem refusal;
    if (ids.empty()) {
        refusal.status = 404;
        refusal.detail = "No message has this network message id or Message-ID.";
    } else {
        refusal.status = 409;
        refusal.detail = "Several messages share this Message-ID: name one of them by its "
                         "network message id.";
        refusal.network_ids = ids;
    }
    return {nullptr, answer(refusal)};
}

} // namespace revocation
