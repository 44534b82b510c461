#include "gateway/directory.hpp"

#include "encryptor/smime.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

namespace gateway {
namespace {

using mail::client_type;
using mail::identity_type;

struct known_domain {
    std::string_view name;
    identity_type identity;
    client_type client;
};

constexpr known_domain known_domains[] = {
    {"outlook.com", identity_type::microsoft_account, client_type::outlook},
    {"hotmail.com", identity_type::microsoft_account, client_type::outlook},
    {"live.com", identity_type::microsoft_account, client_type::outlook},
    {"msn.com", identity_type::microsoft_account, client_type::outlook},
    {"gmail.com", identity_type::google, client_type::other},
    {"googlemail.com", identity_type::google, client_type::other},
};

directory_answer well_known(std::string_view domain)
{
    const auto* known =
        std::find_if(std::begin(known_domains), std::end(known_domains), [&](const auto& row) {
            return row.name == domain;
        });
    if (known != std::end(known_domains)) {
        return {known->identity, known->client, "", false};
    }
    if (domain.starts_with("yahoo.")) {
        return {identity_type::yahoo, client_type::other, "", false};
    }
    return {identity_type::other, client_type::other, "", false};
}

} // namespace

directory_answer look_up(const mail::ledger& ledger, const mail::address& recipient)
{
    if (const auto* entry = ledger.find_recipient(recipient); entry && !entry->removed) {
        return {entry->identity, entry->client, entry->certificate, entry->reads_gcm};
    }
    if (const auto* entry = ledger.find_domain(recipient.domain()); entry && !entry->removed) {
        return {entry->identity, entry->client, "", false};
    }
    return well_known(recipient.domain());
}

std::string certificate_fault(const std::string& certificate_pem, std::int64_t now)
{
    try {
        encryptor::check_recipient_certificate(certificate_pem, now);
    } catch (const encryptor::smime_error& error) {
        return error.what();
    }
    return {};
}

} // namespace gateway
