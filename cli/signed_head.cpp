#include "cli/signed_head.hpp"

#include "cli/durable_file.hpp"
#include "cli/event_line.hpp"
#include "cli/failure.hpp"
#include "encryptor/secret.hpp"

#include <nlohmann/json.hpp>
#include <sodium.h>

#include <array>

namespace cli {

namespace {

std::string_view view_of(const std::uint8_t* octets, std::size_t size)
{
    return {reinterpret_cast<const char*>(octets), size};
}

/// False where it is not exactly so many octets in hexadecimal.
bool read_octets(std::string_view text, std::uint8_t* into, std::size_t size)
{
    std::size_t got = 0;
    return text.size() == size * 2 &&
           sodium_hex2bin(into, size, text.data(), text.size(), nullptr, &got, nullptr) == 0 &&
           got == size;
}

void read_key_file(const std::filesystem::path& file, std::uint8_t* into, std::size_t size)
{
    std::string text = read_whole(file);
    const std::string_view line = std::string_view(text).substr(0, text.find_first_of("\r\n"));
    const bool right = read_octets(line, into, size);
    sodium_memzero(text.data(), text.size());
    if (!right)
        throw failure(
            file.string() + " is no key: it must hold " + std::to_string(size) +
            " octets in hexadecimal; bring it back from the backup of keys/");
}

} // namespace

log_end log_end_of(const bus::log_head& head)
{
    log_end end;
    end.log = encryptor::hexadecimal(view_of(head.identity.data(), head.identity.size()));
    end.seq = head.position.seq;
    end.time = head.position.time;
    end.hash = hexadecimal(head.position.own);
    return end;
}

std::string signed_octets(const log_end& end)
{
    return "sealpost head 1\n" + end.log + "\n" + std::to_string(end.seq) + "\n" +
           std::to_string(end.time) + "\n" + end.hash + "\n";
}

void sign(log_end& end, const std::filesystem::path& secret_file)
{
    encryptor::start_cryptography();
    encryptor::secret seed(crypto_sign_SEEDBYTES);
    encryptor::secret secret_key(crypto_sign_SECRETKEYBYTES);
    read_key_file(secret_file, seed.bytes().data(), seed.bytes().size());
    std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> public_key{};
    crypto_sign_seed_keypair(public_key.data(), secret_key.bytes().data(), seed.bytes().data());
    const std::string octets = signed_octets(end);
    std::array<std::uint8_t, crypto_sign_BYTES> signature{};
    crypto_sign_detached(
        signature.data(),
        nullptr,
        reinterpret_cast<const std::uint8_t*>(octets.data()),
        octets.size(),
        secret_key.bytes().data());
    end.signature = encryptor::hexadecimal(view_of(signature.data(), signature.size()));
}

void check_signature(const log_end& end, const std::filesystem::path& public_file)
{
    encryptor::start_cryptography();
    if (end.signature.empty())
        throw failure("the head is not signed; make one with `sealpost head --sign`");
    std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> public_key{};
    read_key_file(public_file, public_key.data(), public_key.size());
    std::array<std::uint8_t, crypto_sign_BYTES> signature{};
    const std::string octets = signed_octets(end);
    const bool right = read_octets(end.signature, signature.data(), signature.size()) &&
                       crypto_sign_verify_detached(
                           signature.data(),
                           reinterpret_cast<const std::uint8_t*>(octets.data()),
                           octets.size(),
                           public_key.data()) == 0;
    if (!right)
        throw failure(
            "the head's signature is wrong: the head was changed, or signed with another key than "
            "that of " +
            public_file.string());
}

std::string to_json(const log_end& end)
{
    nlohmann::ordered_json line;
    line["log"] = end.log;
    line["seq"] = end.seq;
    line["time"] = end.time;
    line["hash"] = end.hash;
    if (!end.signature.empty())
        line["signature"] = end.signature;
    return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

log_end parse_log_end(std::string_view json)
try {
    const nlohmann::json line = nlohmann::json::parse(json);
    log_end end;
    line.at("log").get_to(end.log);
    line.at("seq").get_to(end.seq);
    line.at("time").get_to(end.time);
    line.at("hash").get_to(end.hash);
    if (line.contains("signature"))
        line.at("signature").get_to(end.signature);
    return end;
} catch (const nlohmann::json::exception&) {
    throw failure("the head is not what `sealpost head --sign` prints; make one with that");
}

signing_pair make_signing_pair()
{
    encryptor::start_cryptography();
    encryptor::secret seed = encryptor::secret::random(crypto_sign_SEEDBYTES);
    encryptor::secret secret_key(crypto_sign_SECRETKEYBYTES);
    std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> public_key{};
    crypto_sign_seed_keypair(public_key.data(), secret_key.bytes().data(), seed.bytes().data());
    return {
        encryptor::hexadecimal(view_of(public_key.data(), public_key.size())),
        encryptor::hexadecimal(seed.view())};
}

} // namespace cli
