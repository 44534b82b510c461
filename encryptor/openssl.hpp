#pragma once

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What the S/MIME files share: OpenSSL's objects with owners, its error texts, and PEM.
namespace encryptor::openssl {

template <auto Free>
struct deleter {
    template <typename T>
    void operator()(T* object) const
    {
        Free(object);
    }
};
using bio = std::unique_ptr<BIO, deleter<BIO_free>>;
using certificate = std::unique_ptr<X509, deleter<X509_free>>;
using certificate_store = std::unique_ptr<X509_STORE, deleter<X509_STORE_free>>;
using cms = std::unique_ptr<CMS_ContentInfo, deleter<CMS_ContentInfo_free>>;
using private_key = std::unique_ptr<EVP_PKEY, deleter<EVP_PKEY_free>>;

/// Throws smime_error: `what`, and the first reason in OpenSSL's queue, which is emptied.
[[noreturn]] void fail(const std::string& what);

/// A reader over octets that must outlive it.
bio reader(std::string_view octets);
/// Everything written to a memory BIO.
std::string written(BIO* memory);

/// All certificates of a PEM text, at least one; throws smime_error that names `what`.
std::vector<certificate> read_certificates(const std::string& pem, const std::string& what);
/// Never asks for a passphrase: throws smime_error that names `what`.
private_key read_private_key(const std::string& pem, const std::string& what);
/// First rfc822Name of the subject alternative names; empty: none.
std::string mail_address(X509* subject);

} // namespace encryptor::openssl
