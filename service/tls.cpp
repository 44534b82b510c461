#include "service/tls.hpp"

#include <boost/system/system_error.hpp>
#include <openssl/ssl.h>

#include <stdexcept>
#include <string>

namespace service {
namespace ssl = boost::asio::ssl;

namespace {

void must_load(const boost::system::error_code& error, const std::string& what)
{
    if (error) {
        throw std::runtime_error{what + ": " + error.message()};
    }
}

void harden(ssl::context& tls)
{
    tls.set_options(
        ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
        ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::no_compression |
        ssl::context::single_dh_use);
    SSL_CTX* const native = tls.native_handle();
    // A peer could make us spend CPU time on renegotiations; idle connections need no record
    // buffers.
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    // For TLS 1.2: forward secrecy and authenticated encryption only.
    SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
}

} // namespace

ssl::context make_tls_server(
    const std::filesystem::path& certificate, const std::filesystem::path& key)
{
    ssl::context tls{ssl::context::tls_server};
    harden(tls);
    boost::system::error_code error;
    tls.use_certificate_chain_file(certificate.string(), error);
    must_load(error, "certificate " + certificate.string());
    tls.use_private_key_file(key.string(), ssl::context::pem, error);
    must_load(error, "private key " + key.string());
    if (SSL_CTX_check_private_key(tls.native_handle()) != 1) {
        throw std::runtime_error{
            "private key " + key.string() + " does not belong to " + certificate.string()};
    }
    return tls;
}

ssl::context make_tls_client(const std::filesystem::path& authority)
{
    ssl::context tls{ssl::context::tls_client};
    harden(tls);
    tls.set_verify_mode(ssl::verify_peer);
    boost::system::error_code error;
    if (authority.empty()) {
        tls.set_default_verify_paths(error);
        must_load(error, "the system's certificate authorities");
    } else {
        tls.load_verify_file(authority.string(), error);
        must_load(error, "certificate authority " + authority.string());
    }
    return tls;
}

} // namespace service
