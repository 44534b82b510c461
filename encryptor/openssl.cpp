#include "encryptor/openssl.hpp"

#include "encryptor/smime.hpp"

#include <climits>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace encryptor::openssl {
namespace {

/// OpenSSL's own would ask on the terminal.
int no_passphrase(char*, int, int, void*)
{
    return -1;
}

} // namespace

void fail(const std::string& what)
{
    const unsigned long code = ERR_get_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    throw smime_error(reason ? what + ": " + reason : what);
}

bio reader(std::string_view octets)
{
    if (octets.size() > INT_MAX) {
        throw smime_error("over 2 GiB is more than can be read at once");
    }
    bio made{BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size()))};
    if (!made) {
        fail("memory for reading cannot be had");
    }
    return made;
}

std::string written(BIO* memory)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::vector<certificate> read_certificates(const std::string& pem, const std::string& what)
{
    ERR_clear_error();
    const bio source = reader(pem);
    std::vector<certificate> found;
    while (X509* next = PEM_read_bio_X509(source.get(), nullptr, no_passphrase, nullptr)) {
        found.emplace_back(next);
    }
    const unsigned long end = ERR_peek_last_error();
    if (found.empty() || ERR_GET_REASON(end) != PEM_R_NO_START_LINE) {
        fail(what + " is not a certificate in PEM");
    }
    ERR_clear_error();
    return found;
}

private_key read_private_key(const std::string& pem, const std::string& what)
{
    ERR_clear_error();
    const bio source = reader(pem);
    private_key key{PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, nullptr)};
    if (!key) {
        fail(what + " is not a private key in PEM without passphrase");
    }
    return key;
}

std::string mail_address(X509* subject)
{
    const std::unique_ptr<GENERAL_NAMES, deleter<GENERAL_NAMES_free>> names{
        static_cast<GENERAL_NAMES*>(
            X509_get_ext_d2i(subject, NID_subject_alt_name, nullptr, nullptr))};
    for (int n = 0; n < sk_GENERAL_NAME_num(names.get()); ++n) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), n);
        if (name->type == GEN_EMAIL) {
            const ASN1_IA5STRING* text = name->d.rfc822Name;
            std::string address(
                reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                static_cast<std::size_t>(ASN1_STRING_length(text)));
            if (address.find('\0') == std::string::npos) {
                return address;
            }
        }
    }
    return {};
}

} // namespace encryptor::openssl
