#include "gateway/routing.hpp"

namespace gateway {
namespace {

using mail::client_type;
using mail::delivery_mode;
using mail::identity_type;

bool is_microsoft(identity_type identity)
{
    return identity == identity_type::office365 || identity == identity_type::microsoft_account;
}

std::string name_of(identity_type identity)
{
    return identity == identity_type::office365 ? "Office 365 identity" : "Microsoft account";
}

// What stands against inline delivery, first things first; empty: nothing.
std::string why_link(
    const mail::address& recipient,
    const directory_answer& known,
    const std::string& certificate_fault)
{
    if (!is_microsoft(known.identity)) {
        return std::string(recipient.domain()) + " addresses read in the portal";
    }
    if (known.client != client_type::outlook) {
        return name_of(known.identity) + " without a supported Outlook client, reads in the portal";
    }
    if (known.certificate.empty()) {
        return name_of(known.identity) +
               " in a supported Outlook client, but no certificate on file: reads in the portal";
    }
    if (!certificate_fault.empty()) {
        return name_of(known.identity) +
               " in a supported Outlook client, but the certificate on file cannot be used (" +
               certificate_fault + "): reads in the portal";
    }
    return {};
}

} // namespace

mail::accepted_recipient route(
    const mail::address& recipient,
    const directory_answer& known,
    const std::string& certificate_fault,
    const mail::organisation_entry& organisation)
{
    mail::accepted_recipient routed;
    routed.mailbox = recipient;
    routed.identity = known.identity;
    routed.client = known.client;
    routed.rule = "directory";
    if (organisation.force_link) {
        routed.rule = "organisation force-link";
        routed.reason = "the organisation sends every message as a link";
    } else {
        routed.reason = why_link(recipient, known, certificate_fault);
    }
    routed.delivery = routed.reason.empty() ? delivery_mode::in_line : delivery_mode::link;
    routed.revocable = routed.delivery == delivery_mode::link;
    if (routed.delivery == delivery_mode::in_line) {
        routed.reason =
            name_of(known.identity) + " in a supported Outlook client, certificate on file";
    }
    return routed;
}

} // namespace gateway
