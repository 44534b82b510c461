#pragma once

#include "tests/service/test_files.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

/// A self-signed certificate for localhost and 127.0.0.1, with its key, as PEM files.
struct test_certificate {
    std::filesystem::path certificate;
    std::filesystem::path key;

    explicit test_certificate(const test_folder& folder, const std::string& name = "server")
        : certificate(folder.path() / (name + ".pem")), key(folder.path() / (name + ".key"))
    {
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair{
            EVP_EC_gen("P-256"), EVP_PKEY_free};
        const std::unique_ptr<X509, decltype(&X509_free)> x509{X509_new(), X509_free};
        X509_set_version(x509.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(x509.get()), -60);
        X509_gmtime_adj(X509_getm_notAfter(x509.get()), 3600);
        X509_set_pubkey(x509.get(), pair.get());
        X509_NAME* const subject = X509_get_subject_name(x509.get());
        X509_NAME_add_entry_by_txt(
            subject,
            "CN",
            MBSTRING_ASC,
            reinterpret_cast<const unsigned char*>("localhost"),
            -1,
            -1,
            0);
        X509_set_issuer_name(x509.get(), subject);
        X509_EXTENSION* const names = X509V3_EXT_conf_nid(
            nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
        X509_add_ext(x509.get(), names, -1);
        X509_EXTENSION_free(names);
        X509_sign(x509.get(), pair.get(), EVP_sha256());
        write(certificate, [&x509](std::FILE* file) { PEM_write_X509(file, x509.get()); });
        write(key, [&pair](std::FILE* file) {
            PEM_write_PrivateKey(file, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }

private:
    template <class Writer>
    static void write(const std::filesystem::path& path, const Writer& writer)
    {
        std::FILE* const file = std::fopen(path.c_str(), "w");
        writer(file);
        std::fclose(file);
    }
};
