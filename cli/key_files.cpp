#include "cli/key_files.hpp"

#include "cli/durable_file.hpp"
#include "cli/failure.hpp"
#include "cli/signed_head.hpp"
#include "encryptor/key_slot.hpp"
#include "encryptor/secret.hpp"
#include "encryptor/smime.hpp"

#include <zmq.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cli {

namespace {

using std::filesystem::exists;
using std::filesystem::path;

constexpr int certificate_days = 3650;

struct key_pair {
    std::string shown;
    std::string hidden;
};

/// Keeps a pair that is whole, makes one where nothing is; `shown` and `hidden` are file names.
void ensure_pair(
    const path& folder,
    const std::string& shown,
    const std::string& hidden,
    const std::function<key_pair()>& make)
{
    const bool has_shown = exists(folder / shown);
    const bool has_hidden = exists(folder / hidden);
    if (has_shown && has_hidden)
        return;
    if (has_shown || has_hidden) {
        const path missing = folder / (has_shown ? hidden : shown);
        const path present = folder / (has_shown ? shown : hidden);
        throw failure(
            missing.string() + " is missing beside " + present.string() +
            "; bring it back from the backup of keys/, or move both away to start with new ones "
            "(what the old pair protects is then lost)");
    }
    const key_pair made = make();
    write_durably(folder / hidden, made.hidden);
    write_durably(folder / shown, made.shown);
}

key_pair make_curve_pair()
{
    char shown[41] = {};
    char hidden[41] = {};
    if (::zmq_curve_keypair(shown, hidden) != 0)
        throw failure("libzmq cannot make CURVE keys: it was built without libsodium");
    return {std::string(shown) + "\n", std::string(hidden) + "\n"};
}

key_pair make_box_pair()
{
    const encryptor::box_key_pair made = encryptor::box_key_pair::generate();
    return {
        encryptor::hexadecimal(made.public_key) + "\n",
        encryptor::hexadecimal(made.secret_key.view()) + "\n"};
}

key_pair as_pair(const encryptor::issued_certificate& issued)
{
    return {issued.certificate_pem, issued.key_pem};
}

std::vector<std::string> server_names()
{
    std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
    char host[256] = {};
    if (::gethostname(host, sizeof host - 1) == 0 && host[0] != '\0' && names.front() != host)
        names.emplace_back(host);
    return names;
}

void make_certificates(const path& folder)
{
    ensure_pair(folder, "ca.pem", "ca.key", [] {
        return as_pair(encryptor::make_authority("sealpost authority", certificate_days));
    });
    const encryptor::issued_certificate authority{
        read_whole(folder / "ca.pem"), read_whole(folder / "ca.key")};
    ensure_pair(folder, "server.pem", "server.key", [&authority] {
        return as_pair(encryptor::issue_certificate(
            authority,
            encryptor::certificate_use::tls_server,
            "localhost",
            server_names(),
            certificate_days));
    });
    ensure_pair(folder, "organisation.pem", "organisation.key", [&authority] {
        const std::string address = "encryption@" + std::string(organisation_domain);
        return as_pair(encryptor::issue_certificate(
            authority, encryptor::certificate_use::email, address, {address}, certificate_days));
    });
}

void make_admin_token(const path& folder)
{
    ensure_pair(folder, "tokens", "admin-token", [] {
        const std::string token = encryptor::hexadecimal(encryptor::random_octets(32));
        const std::string hash = encryptor::hexadecimal(encryptor::sha256(token));
        return key_pair{hash + " administrator operator\n", token + "\n"};
    });
}

void fill_keys(const path& folder)
{
    make_certificates(folder);
    ensure_pair(folder, "bus.public", "bus.secret", make_curve_pair);
    for (const std::string_view role : bus_roles) {
        const std::string name{role};
        ensure_pair(folder, name + ".public", name + ".secret", make_curve_pair);
    }
    ensure_pair(folder, "portal-box.public", "portal-box.secret", make_box_pair);
    ensure_pair(folder, "gateway-box.public", "gateway-box.secret", make_box_pair);
    ensure_pair(folder, "head.public", "head.secret", [] {
        const signing_pair made = make_signing_pair();
        return key_pair{made.public_key + "\n", made.seed + "\n"};
    });
    if (!exists(folder / "passcode.key"))
        write_durably(
            folder / "passcode.key", encryptor::hexadecimal(encryptor::random_octets(32)) + "\n");
    make_admin_token(folder);
}

void make_folder(const path& folder)
{
    std::filesystem::create_directory(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
}

} // namespace

void make_keys(const state_directory& state)
{
    if (exists(state.keys())) {
        fill_keys(state.keys());
        return;
    }
    const path unfinished = state.root() / "keys.new";
    std::filesystem::remove_all(unfinished);
    make_folder(unfinished);
    fill_keys(unfinished);
    std::filesystem::rename(unfinished, state.keys());
    sync_folder(state.root());
}

void make_outside_authority(const state_directory& state)
{
    ensure_pair(state.outside(), "issuer.pem", "issuer.key", [] {
        return as_pair(encryptor::make_authority("The outside world", certificate_days));
    });
    write_durably(state.outside() / "authority.pem", read_whole(state.authority()));
}

std::string client_certificate(const state_directory& state, const std::string& address)
{
    const path file = state.outside() / "keys" / (address + ".pem");
    if (!exists(file)) {
        const encryptor::issued_certificate issuer{
            read_whole(state.outside() / "issuer.pem"), read_whole(state.outside() / "issuer.key")};
        const encryptor::issued_certificate made = encryptor::issue_certificate(
            issuer, encryptor::certificate_use::email, address, {address}, certificate_days);
        write_durably(file, made.certificate_pem + made.key_pem);
    }
    std::string certificate = certificates_of(read_whole(file));
    if (certificate.empty())
        throw failure(file.string() + " holds no certificate; remove it to get a new one");
    return certificate;
}

std::string certificates_of(std::string_view pem)
{
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
    constexpr std::string_view end = "-----END CERTIFICATE-----";
    std::string found;
    for (std::size_t at = pem.find(begin); at != std::string_view::npos;
         at = pem.find(begin, at + 1)) {
        const std::size_t last = pem.find(end, at);
        if (last == std::string_view::npos)
            break;
        found += std::string(pem.substr(at, last + end.size() - at)) + "\n";
    }
    return found;
}

} // namespace cli
