#include "encryptor/link_token.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sodium.h>

#include <memory>
#include <stdexcept>

namespace encryptor {
namespace {

constexpr std::size_t token_size = 16;
constexpr std::size_t text_size = 22;
constexpr int alphabet = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

/// HKDF-SHA-256 (RFC 5869) without salt: the token is uniformly random already.
secret derive(std::string_view token, std::string_view purpose, std::size_t size)
{
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf{
        EVP_KDF_fetch(nullptr, "HKDF", nullptr), EVP_KDF_free};
    const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context{
        EVP_KDF_CTX_new(kdf.get()), EVP_KDF_CTX_free};
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(
            OSSL_KDF_PARAM_KEY, const_cast<char*>(token.data()), token.size()),
        OSSL_PARAM_construct_octet_string(
            OSSL_KDF_PARAM_INFO, const_cast<char*>(purpose.data()), purpose.size()),
        OSSL_PARAM_construct_end()};
    secret derived(size);
    if (!context || EVP_KDF_derive(context.get(), derived.bytes().data(), size, parameters) != 1) {
        throw std::runtime_error("OpenSSL cannot derive keys: its default provider lacks HKDF");
    }
    return derived;
}

} // namespace

link_token link_token::random()
{
    return link_token(secret::random(token_size));
}

std::optional<link_token> link_token::parse(std::string_view text)
{
    secret octets(token_size);
    std::size_t size = 0;
    // Refuses stray characters and set bits after the last octet, so a token has one text only.
    const int bad = sodium_base642bin(
        octets.bytes().data(),
        token_size,
        text.data(),
        text.size(),
        nullptr,
        &size,
        nullptr,
        alphabet);
    if (text.size() != text_size || bad != 0 || size != token_size) {
        return std::nullopt;
    }
    return link_token(std::move(octets));
}

link_token link_token::from_octets(std::string_view octets)
{
    if (octets.size() != token_size) {
        throw std::invalid_argument("a link token has 16 octets");
    }
    return link_token(secret::copy_of(octets));
}

std::string link_token::text() const
{
    std::string text(text_size + 1, '\0');
    sodium_bin2base64(text.data(), text.size(), octets_.bytes().data(), token_size, alphabet);
    text.pop_back();
    return text;
}

std::string link_token::locator() const
{
    return hexadecimal(derive(octets(), "locate", 32).view());
}

secret link_token::open_key() const
{
    return derive(octets(), "open", 32);
}

} // namespace encryptor
