#pragma once

#include "mail/verdict.hpp"
#include "portal/access_record.hpp"
#include "portal/disclosure.hpp"
#include "portal/link_lookup.hpp"
#include "portal/surroundings.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>

namespace service {
class log;
}

namespace portal {

/// What came of wanting to read.
struct opening {
    enum class outcome {
        opened,
        refused,     ///< by the ledger: `verdict` says why
        unconfirmed, ///< by nobody: the bus did not answer, or the grant ran out meanwhile
        damaged      ///< granted, but slot or content do not open
    };
    outcome how = outcome::unconfirmed;
    mail::access_verdict verdict{};
    std::shared_ptr<disclosure>
        held;           ///< of an opened one: keep it while octets are shown, then close it
    std::string octets; ///< the mail, whole: the stream's final tag was right
};

/// Opens link content: the attempt goes on record first, then the slot is opened with the token and
/// the portals' key, then the content is decrypted forward. Not an octet of it is returned before
/// the last one is proven.
class message_opener {
public:
    message_opener(
        mail_log& bus,
        access_record& record,
        const keys& secrets,
        const clocks& time,
        service::log& diagnostics)
        : bus_(bus), record_(record), secrets_(secrets), time_(time), diagnostics_(diagnostics)
    {}

    boost::asio::awaitable<opening> open(
        const found_link& link,
        mail::session_hash session,
        mail::access_kind what,
        std::string item);

private:
    boost::asio::awaitable<void> read(const found_link& link, opening& into);
    boost::asio::awaitable<std::optional<encryptor::secret>> content_key(
        const found_link& link, std::string content, opening& into);
    boost::asio::awaitable<void> decrypt(
        const encryptor::secret& key, std::string content, opening& into);
    void note_damage(const found_link& link, std::string_view what);

    mail_log& bus_;
    access_record& record_;
    const keys& secrets_;
    const clocks& time_;
    service::log& diagnostics_;
};

} // namespace portal
