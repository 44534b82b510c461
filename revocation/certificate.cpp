#include "revocation/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace revocation {

namespace {

constexpr std::size_t longest_pem = 16 * 1024;

struct deleter {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using bio = std::unique_ptr<BIO, deleter>;
using x509 = std::unique_ptr<X509, deleter>;

/// Never asks a terminal for a pass phrase.
int no_pass_phrase(char*, int, int, void*)
{
    return -1;
}

x509 parse(std::string_view text)
{
    const bio source{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    x509 certificate{PEM_read_bio_X509(source.get(), nullptr, no_pass_phrase, nullptr)};
    if (!certificate)
        return nullptr;
    const x509 second{PEM_read_bio_X509(source.get(), nullptr, no_pass_phrase, nullptr)};
    ERR_clear_error();
    return second ? nullptr : std::move(certificate);
}

} // namespace

certificate_reading read_certificate(std::string_view text)
{
    if (text.size() > longest_pem)
        return {{}, "must have at most " + std::to_string(longest_pem) + " octets"};
    if (text.find("PRIVATE KEY") != std::string_view::npos)
        return {{}, "holds a private key: give the certificate alone, and replace that key"};
    const x509 certificate = parse(text);
    ERR_clear_error();
    if (!certificate)
        return {{}, "must be exactly one certificate in PEM"};
    const bio written{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509(written.get(), certificate.get());
    char* octets = nullptr;
    const long size = BIO_get_mem_data(written.get(), &octets);
    return {std::string(octets, static_cast<std::size_t>(size)), {}};
}

} // namespace revocation
