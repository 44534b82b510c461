#include "encryptor/openssl.hpp"
#include "encryptor/smime.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>

namespace encryptor {
namespace {

constexpr long day = 24 * 60 * 60;
constexpr unsigned rsa_bits = 2048;

void require(bool good, const std::string& what)
{
    if (!good) {
        openssl::fail(what);
    }
}

/// 127 random bits: never negative, never zero.
void set_serial(X509* subject)
{
    std::string octets = random_octets(16);
    octets[0] = static_cast<char>((octets[0] & 0x7f) | 0x40);
    const std::unique_ptr<BIGNUM, openssl::deleter<BN_free>> number{BN_bin2bn(
        reinterpret_cast<const unsigned char*>(octets.data()),
        static_cast<int>(octets.size()),
        nullptr)};
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(subject));
}

/// Valid from an hour ago, since clocks differ.
void set_dates(X509* subject, int days)
{
    const long last = days * day;
    X509_gmtime_adj(X509_getm_notBefore(subject), std::min(0L, last) - 60 * 60);
    X509_gmtime_adj(X509_getm_notAfter(subject), last);
}

void set_subject(X509* subject, const std::string& common_name)
{
    require(
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(subject),
            "CN",
            MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>(common_name.data()),
            static_cast<int>(common_name.size()),
            -1,
            0) == 1,
        "\"" + common_name + "\" cannot be the name in a certificate (1 to 64 characters)");
}

void add_extension(X509* subject, X509* issuer, int kind, const char* value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, subject, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, openssl::deleter<X509_EXTENSION_free>> extension{
        X509V3_EXT_conf_nid(nullptr, &context, kind, value)};
    require(
        extension && X509_add_ext(subject, extension.get(), -1) == 1,
        std::string("the certificate cannot have ") + value);
}

/// Built from objects, not from OpenSSL's "DNS:…,IP:…" texts, where a name could smuggle in another
/// one.
GENERAL_NAME* alternative_name(certificate_use use, const std::string& text)
{
    std::unique_ptr<GENERAL_NAME, openssl::deleter<GENERAL_NAME_free>> name{GENERAL_NAME_new()};
    if (ASN1_OCTET_STRING* address = a2i_IPADDRESS(text.c_str());
        address && use == certificate_use::tls_server) {
        GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address);
    } else {
        ASN1_OCTET_STRING_free(address);
        ASN1_IA5STRING* plain = ASN1_IA5STRING_new();
        ASN1_STRING_set(plain, text.data(), static_cast<int>(text.size()));
        GENERAL_NAME_set0_value(
            name.get(), use == certificate_use::email ? GEN_EMAIL : GEN_DNS, plain);
    }
    return name.release();
}

void add_alternative_names(
    X509* subject, certificate_use use, const std::vector<std::string>& names)
{
    const std::unique_ptr<GENERAL_NAMES, openssl::deleter<GENERAL_NAMES_free>> all{
        GENERAL_NAMES_new()};
    for (const std::string& name : names) {
        sk_GENERAL_NAME_push(all.get(), alternative_name(use, name));
    }
    require(
        X509_add1_ext_i2d(subject, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) == 1,
        "the names cannot stand in the certificate");
}

openssl::certificate start_certificate(const std::string& common_name, int days, EVP_PKEY* key)
{
    require(key != nullptr, "a key pair cannot be generated");
    openssl::certificate made{X509_new()};
    X509_set_version(made.get(), X509_VERSION_3);
    set_serial(made.get());
    set_dates(made.get(), days);
    set_subject(made.get(), common_name);
    X509_set_pubkey(made.get(), key);
    return made;
}

issued_certificate in_pem(X509* subject, EVP_PKEY* key)
{
    const openssl::bio certificate{BIO_new(BIO_s_mem())};
    const openssl::bio secret_part{BIO_new(BIO_s_secmem())};
    require(
        PEM_write_bio_X509(certificate.get(), subject) == 1 &&
            PEM_write_bio_PKCS8PrivateKey(
                secret_part.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "the certificate cannot be written as PEM");
    return {openssl::written(certificate.get()), openssl::written(secret_part.get())};
}

void add_use(X509* subject, X509* issuer, certificate_use use)
{
    const bool mail = use == certificate_use::email;
    add_extension(subject, issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(
        subject,
        issuer,
        NID_key_usage,
        mail ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature");
    add_extension(subject, issuer, NID_ext_key_usage, mail ? "emailProtection" : "serverAuth");
    add_extension(subject, issuer, NID_subject_key_identifier, "hash");
    add_extension(subject, issuer, NID_authority_key_identifier, "keyid:always");
}

} // namespace

issued_certificate make_authority(const std::string& common_name, int days)
{
    const openssl::private_key key{EVP_RSA_gen(rsa_bits)};
    const openssl::certificate made = start_certificate(common_name, days, key.get());
    X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
    add_extension(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(made.get(), made.get(), NID_subject_key_identifier, "hash");
    require(X509_sign(made.get(), key.get(), EVP_sha256()) > 0, "the authority cannot be signed");
    return in_pem(made.get(), key.get());
}

issued_certificate issue_certificate(
    const issued_certificate& authority,
    certificate_use use,
    const std::string& common_name,
    const std::vector<std::string>& names,
    int days)
{
    if (names.empty() || (use == certificate_use::email && names.size() != 1)) {
        throw smime_error("a certificate is for the names of a server or for one mail address");
    }
    const auto issuer = openssl::read_certificates(authority.certificate_pem, "the authority");
    const auto issuer_key = openssl::read_private_key(authority.key_pem, "the authority's key");
    const openssl::private_key key{
        use == certificate_use::email ? EVP_RSA_gen(rsa_bits) : EVP_EC_gen("P-256")};
    const openssl::certificate made = start_certificate(common_name, days, key.get());
    X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.front().get()));
    add_use(made.get(), issuer.front().get(), use);
    add_alternative_names(made.get(), use, names);
    require(
        X509_sign(made.get(), issuer_key.get(), EVP_sha256()) > 0,
        "the certificate cannot be signed");
    return in_pem(made.get(), key.get());
}

} // namespace encryptor
