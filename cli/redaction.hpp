#pragma once

#include "encryptor/secret.hpp"
#include "mail/events.hpp"

#include <string>
#include <string_view>

namespace cli {

/// Takes out of events what tells who wrote to whom about what, and leaves what the ledger decides
/// on: the same address, domain or id always becomes the same pseudonym, so that a ledger rules as
/// before. Times, sizes, counts, choices and the codes of SMTP replies stay; every text that is not
/// one of our own words becomes as many x. Fields of later versions are treated by their kind.
///
/// Pseudonyms are HMACs under a key that is made for one redaction and kept nowhere: nobody can
/// try addresses against them, nor join two redactions.
class redactor {
public:
    redactor();

    /// Never throws for what an event holds.
    mail::event redacted(mail::event fact) const;
    /// In place of an event that no version reads; `seq` makes its id.
    mail::event unreadable(std::uint64_t seq) const;
    /// 32 hexadecimal digits in place of a log's id.
    std::string log_id() const;

    // Of one value each; equal for equal values of the same kind.
    mail::address pseudonym(const mail::address& mailbox) const;
    std::string domain(std::string_view name) const;
    /// In the shape of the original: a UUID, as many hexadecimal digits, or 32 of them.
    std::string id(std::string_view original) const;

private:
    /// Hexadecimal digits, at most 64.
    std::string digits(std::string_view kind, std::string_view value, std::size_t count) const;

    encryptor::secret keyed_; ///< HMAC-SHA-256 that has taken in its key; the key itself is gone
};

} // namespace cli
