#include "encryptor/smime.hpp"

#include "encryptor/signing_state.hpp"

#include <string>

namespace encryptor {
namespace {

constexpr int least_rsa_bits = 2048;
constexpr int least_curve_bits = 256;

std::string date_text(const ASN1_TIME* date)
{
    const openssl::bio out{BIO_new(BIO_s_mem())};
    ASN1_TIME_print(out.get(), date);
    return openssl::written(out.get());
}

/// Both return all bits when the certificate has no such extension: then every use is allowed.
bool may_be_used_for(X509* subject, std::uint32_t key_usage)
{
    return (X509_get_key_usage(subject) & key_usage) != 0;
}

bool may_be_used_for_mail(X509* subject)
{
    return (X509_get_extended_key_usage(subject) & (XKU_SMIME | XKU_ANYEKU)) != 0;
}

void check_dates(X509* recipient, std::int64_t now)
{
    time_t moment = now;
    const ASN1_TIME* first = X509_get0_notBefore(recipient);
    const ASN1_TIME* last = X509_get0_notAfter(recipient);
    if (X509_cmp_time(last, &moment) < 0) {
        throw smime_error("the recipient's certificate expired on " + date_text(last));
    }
    if (X509_cmp_time(first, &moment) > 0) {
        throw smime_error("the recipient's certificate is not valid before " + date_text(first));
    }
}

} // namespace

signing_identity::signing_identity(const std::string& certificate_pem, const std::string& key_pem)
    : state_(new state)
{
    state_->chain = openssl::read_certificates(certificate_pem, "the signer's certificate");
    state_->key = openssl::read_private_key(key_pem, "the signer's key");
    X509* own = state_->chain.front().get();
    if (X509_check_private_key(own, state_->key.get()) != 1) {
        openssl::fail("the signer's key does not belong to the signer's certificate");
    }
    if (!may_be_used_for(own, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) ||
        !may_be_used_for_mail(own)) {
        throw smime_error("the signer's certificate is not for signing mail");
    }
    if (address().empty()) {
        throw smime_error("the signer's certificate names no mail address (rfc822Name)");
    }
}

signing_identity::~signing_identity() = default;
signing_identity::signing_identity(signing_identity&&) noexcept = default;

std::string signing_identity::address() const
{
    return openssl::mail_address(state_->chain.front().get());
}

void check_recipient_key(X509* recipient)
{
    const EVP_PKEY* key = X509_get0_pubkey(recipient);
    const int kind = key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;
    if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC) {
        throw smime_error("the recipient's certificate has a key that is neither RSA nor EC");
    }
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < (kind == EVP_PKEY_RSA ? least_rsa_bits : least_curve_bits)) {
        throw smime_error(
            "the recipient's key has " + std::to_string(bits) + " bits: too weak to encrypt to");
    }
    // RSA transports the content key, EC agrees on one (RFC 8550 section 4.4.2).
    if (!may_be_used_for(
            recipient, kind == EVP_PKEY_RSA ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT) ||
        !may_be_used_for_mail(recipient)) {
        throw smime_error("the recipient's certificate is not for encrypting mail (key usage)");
    }
}

void check_recipient_certificate(const std::string& certificate_pem, std::int64_t now)
{
    const auto chain = openssl::read_certificates(certificate_pem, "the recipient's certificate");
    check_recipient_key(chain.front().get());
    check_dates(chain.front().get(), now);
}

} // namespace encryptor
