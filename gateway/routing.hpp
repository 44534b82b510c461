#pragma once

#include "gateway/directory.hpp"
#include "mail/events.hpp"

#include <string>

namespace gateway {

/// Link or inline, and why (DESIGN §7): inline needs an Office 365 identity or a Microsoft account,
/// a supported Outlook client and a usable certificate, and an organisation that does not force
/// link. Pure. `certificate_fault`: why the certificate can't be used, empty when it can. The
/// locator is left empty.
mail::accepted_recipient route(
    const mail::address& recipient,
    const directory_answer& known,
    const std::string& certificate_fault,
    const mail::organisation_entry& organisation);

} // namespace gateway
