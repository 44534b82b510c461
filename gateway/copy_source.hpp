#pragma once

#include "encryptor/secret.hpp"
#include "encryptor/smime.hpp"
#include "gateway/mail_log.hpp"
#include "gateway/smtp_client.hpp"

#include <stdexcept>
#include <string>

/// Where the octets of an outgoing copy come from, pulled by smtp_client piece by piece: memory
/// stays constant however large the mail is.
namespace gateway {

/// The stored content could not be read whole: unknown to the bus, cut short, or not sealed by this
/// key.
class unreadable_content : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A mail made in memory.
mail_source whole_mail(std::string octets);
/// Stored content, opened. `log` outlives the source; throws unreadable_content while it is pulled.
mail_source opened_content(mail_log& log, const std::string& content, const encryptor::secret& key);
/// The inline copy of stored content: signed, then encrypted to the certificate. `log` and `signer`
/// outlive it.
mail_source sealed_inline(
    mail_log& log,
    const std::string& content,
    const encryptor::secret& key,
    const encryptor::signing_identity& signer,
    const std::string& certificate_pem,
    encryptor::content_cipher cipher);

/// A copy that the log wants to be sent no more was found to be under way.
class unwanted_copy : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The same octets while `wanted` says so; then throws unwanted_copy, also in place of the end.
mail_source while_wanted(mail_source octets, std::function<bool()> wanted);

} // namespace gateway
