#pragma once

#include "encryptor/secret.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// S/MIME 4.0 (RFC 8551): clear-signed by the organisation, then encrypted to the recipient's
/// certificate.
namespace encryptor {

class smime_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

enum class content_cipher { aes_256_cbc, aes_256_gcm };

/// The organisation's signing certificate and key, read once from PEM.
class signing_identity {
public:
    signing_identity(const std::string& certificate_pem, const std::string& key_pem);
    ~signing_identity();
    signing_identity(signing_identity&&) noexcept;
    std::string address() const; ///< rfc822Name of the certificate: goes into `Sender:`
    struct state;
    const state& get() const { return *state_; }

private:
    std::unique_ptr<state> state_;
};

/// Subject key and dates of a recipient's certificate; throws smime_error naming what is wrong
/// (expired, not for keyEncipherment, not PEM). `now` in seconds since 1970.
void check_recipient_certificate(const std::string& certificate_pem, std::int64_t now);

/// Writes one inline copy while the entity streams through, with constant memory:
/// application/pkcs7-mime (enveloped-data) around multipart/signed around the entity, byte for
/// byte.
class smime_writer {
public:
    /// `sink` gets the MIME entity to put below the mail's own header: its Content-* fields, an
    /// empty line and base64, CRLF line ends. Throws smime_error.
    smime_writer(
        const signing_identity& signer,
        const std::string& recipient_certificate_pem,
        content_cipher cipher,
        std::function<void(std::string_view)> sink);
    ~smime_writer();
    void push(std::string_view entity_octets);
    void finish();

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// The reading side, as a mail client does it: for the simulated Outlook and for tests.
struct opened_mail {
    std::string entity; ///< the original entity, byte for byte
    std::string signer; ///< rfc822Name of the signer
};
/// Decrypts with the recipient's key, verifies against `authority_pem`; nothing is returned unless
/// both are right.
opened_mail open_smime(
    std::string_view entity,
    const std::string& certificate_pem,
    const std::string& key_pem,
    const std::string& authority_pem);

/// Certificates for `sealpost up` and tests.
struct issued_certificate {
    std::string certificate_pem;
    std::string key_pem;
};
issued_certificate make_authority(const std::string& common_name, int days);
enum class certificate_use { tls_server, email };
/// `names`: DNS names and IP addresses of a server, or the one mail address.
issued_certificate issue_certificate(
    const issued_certificate& authority,
    certificate_use use,
    const std::string& common_name,
    const std::vector<std::string>& names,
    int days);

} // namespace encryptor
