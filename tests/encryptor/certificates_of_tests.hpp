#pragma once

#include "encryptor/smime.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

/// One authority, one organisation, some recipients, and OpenSSL's own command line to check
/// against. RSA keys take time to make, so each is made at first use and kept.
namespace encryptor::tests {

/// A folder that is gone afterwards.
class scratch_folder {
public:
    scratch_folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "sealpost-XXXXXX").string();
        if (!mkdtemp(name.data())) {
            throw std::runtime_error("no temporary folder can be made");
        }
        path_ = name;
    }
    scratch_folder(const scratch_folder&) = delete;
    ~scratch_folder() { std::filesystem::remove_all(path_); }

    void write(const std::string& name, std::string_view octets) const
    {
        std::ofstream(path_ / name, std::ios::binary) << octets;
    }
    std::string read(const std::string& name) const
    {
        std::ifstream file(path_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    /// Standard error of a shell command that is run in the folder; throws with it when the command
    /// fails.
    std::string run(const std::string& command) const
    {
        const std::string whole = "cd '" + path_.string() + "' && (" + command + ") 2>&1";
        FILE* pipe = popen(whole.c_str(), "r");
        std::string said;
        for (int c = 0; (c = std::fgetc(pipe)) != EOF;) {
            said.push_back(static_cast<char>(c));
        }
        if (pclose(pipe) != 0) {
            throw std::runtime_error(command + ": " + said);
        }
        return said;
    }

private:
    std::filesystem::path path_;
};

inline const issued_certificate& authority()
{
    static const issued_certificate made = make_authority("Authority of tests", 30);
    return made;
}

inline issued_certificate for_mail(const std::string& address, int days = 30)
{
    return issue_certificate(authority(), certificate_use::email, address, {address}, days);
}

inline const issued_certificate& organisation()
{
    static const issued_certificate made = for_mail("encryption@example.com");
    return made;
}

inline const issued_certificate& recipient()
{
    static const issued_certificate made = for_mail("bob@contoso.com");
    return made;
}

inline const signing_identity& signer()
{
    static const signing_identity made(organisation().certificate_pem, organisation().key_pem);
    return made;
}

/// A recipient's certificate that somebody else made: `key` and `extensions` as `openssl req` takes
/// them.
inline issued_certificate self_signed(const std::string& key, const std::string& extensions)
{
    const scratch_folder folder;
    folder.run(
        "openssl req -x509 -nodes -days 30 -subj /CN=recipient -keyout key.pem -out "
        "certificate.pem -newkey " +
        key + " " + extensions);
    return {folder.read("certificate.pem"), folder.read("key.pem")};
}

inline issued_certificate curve_recipient()
{
    return self_signed(
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "-addext keyUsage=keyAgreement -addext extendedKeyUsage=emailProtection");
}

inline const std::string plain_entity =
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n";

/// An inline copy by smime_writer, pushed in pieces of `step` octets.
inline std::string written(
    std::string_view entity,
    const issued_certificate& to,
    content_cipher cipher = content_cipher::aes_256_cbc,
    std::size_t step = 1000)
{
    std::string mail;
    smime_writer writer(
        signer(), to.certificate_pem, cipher, [&mail](std::string_view part) { mail += part; });
    for (; !entity.empty(); entity.remove_prefix(std::min(step, entity.size()))) {
        writer.push(entity.substr(0, step));
    }
    writer.finish();
    return mail;
}

inline opened_mail opened(const std::string& mail, const issued_certificate& by = recipient())
{
    return open_smime(mail, by.certificate_pem, by.key_pem, authority().certificate_pem);
}

} // namespace encryptor::tests
