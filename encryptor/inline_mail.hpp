#pragma once

#include "encryptor/smime.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace encryptor {

/// Writes the whole inline mail for one recipient while the original streams through: the
/// original's header fields, `Sender:` with the organisation's address, `X-Sealpost-Delivery:
/// inline`, then S/MIME around the original entity. Holds no more than the header block.
class inline_mail {
public:
    /// `sink` gets the mail with CRLF line ends. The signer must outlive this. Throws smime_error.
    inline_mail(
        const signing_identity& signer,
        std::string recipient_certificate_pem,
        content_cipher cipher,
        std::function<void(std::string_view)> sink);
    ~inline_mail();
    inline_mail(inline_mail&&) noexcept;

    /// The next octets of the original mail. Throws smime_error, also for a header block that is
    /// too large.
    void push(std::string_view octets);
    void finish();

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace encryptor
