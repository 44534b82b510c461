#include "encryptor/key_slot.hpp"

#include "encryptor/octets.hpp"

#include <sodium.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

namespace encryptor {
namespace {

constexpr char version = 1;
constexpr char link_kind = 'L';
constexpr char gateway_kind = 'G';
constexpr char token_mark = 'T';
constexpr char content_key_mark = 'K';
constexpr std::size_t key_id_size = 8;
constexpr std::size_t front_size = 2 + key_id_size; ///< version, kind, key id: in the clear
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t binding_size = crypto_generichash_BYTES;
constexpr std::size_t largest_slot = 1024; ///< several times what we make

std::string hash(std::string_view octets, std::size_t size)
{
    // libsodium makes none below 16 octets: a short one is the front of a long one.
    std::string full(crypto_generichash_BYTES, '\0');
    crypto_generichash(
        octet_pointer(full), full.size(), octet_pointer(octets), octets.size(), nullptr, 0);
    return full.substr(0, size);
}

void append_part(std::string& out, std::string_view part)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(part.size() >> shift & 0xff));
    }
    out.append(part);
}

/// Lengths before the parts: no two bindings have the same octets.
std::string binding_octets(char kind, const slot_binding& binding)
{
    std::string octets = "sealpost slot ";
    octets.push_back(version);
    octets.push_back(kind);
    append_part(octets, binding.message);
    append_part(octets, binding.recipient);
    append_part(octets, binding.content);
    return octets;
}

std::string front(char kind, std::string_view public_key)
{
    return std::string{version, kind} + hash(public_key, key_id_size);
}

std::string seal_box(char kind, std::string_view public_key, const secret& plain)
{
    if (public_key.size() != crypto_box_PUBLICKEYBYTES) {
        throw std::invalid_argument("a public box key has 32 octets");
    }
    std::string slot = front(kind, public_key);
    slot.resize(front_size + crypto_box_SEALBYTES + plain.bytes().size());
    if (crypto_box_seal(
            octet_pointer(slot) + front_size,
            plain.bytes().data(),
            plain.bytes().size(),
            octet_pointer(public_key)) != 0) {
        throw std::invalid_argument("the public box key is not a valid X25519 key");
    }
    return slot;
}

/// nullopt: another version, kind or key, or forged.
std::optional<secret> open_box(char kind, std::string_view slot, const box_key_pair& keys)
{
    if (keys.public_key.size() != crypto_box_PUBLICKEYBYTES ||
        keys.secret_key.bytes().size() != crypto_box_SECRETKEYBYTES ||
        slot.size() <= front_size + crypto_box_SEALBYTES || slot.size() > largest_slot ||
        slot.substr(0, front_size) != front(kind, keys.public_key)) {
        return std::nullopt;
    }
    const std::string_view box = slot.substr(front_size);
    secret plain(box.size() - crypto_box_SEALBYTES);
    if (crypto_box_seal_open(
            plain.bytes().data(),
            octet_pointer(box),
            box.size(),
            octet_pointer(keys.public_key),
            keys.secret_key.bytes().data()) != 0) {
        return std::nullopt;
    }
    return plain;
}

/// A window of a secret that is being filled from front to back.
class secret_writer {
public:
    explicit secret_writer(secret& target) : rest_(target.bytes()) {}

    std::span<std::uint8_t> next(std::size_t size)
    {
        const auto part = rest_.first(size);
        rest_ = rest_.subspan(size);
        return part;
    }
    void write(std::string_view octets)
    {
        std::copy(octets.begin(), octets.end(), next(octets.size()).begin());
    }

private:
    std::span<std::uint8_t> rest_;
};

} // namespace

box_key_pair box_key_pair::generate()
{
    box_key_pair pair{
        std::string(crypto_box_PUBLICKEYBYTES, '\0'), secret(crypto_box_SECRETKEYBYTES)};
    crypto_box_keypair(octet_pointer(pair.public_key), pair.secret_key.bytes().data());
    return pair;
}

std::string seal_link_slot(
    std::string_view portal_public_key,
    const link_token& token,
    const secret& content_key,
    const slot_binding& binding)
{
    const secret key = token.open_key();
    const std::string nonce = random_octets(nonce_size);
    const std::string additional = binding_octets(link_kind, binding);
    const std::size_t sealed_size = content_key.bytes().size() + tag_size;
    secret inner(key_id_size + nonce_size + sealed_size);
    secret_writer out(inner);
    out.write(hash(portal_public_key, key_id_size));
    out.write(nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out.next(sealed_size).data(),
        nullptr,
        content_key.bytes().data(),
        content_key.bytes().size(),
        octet_pointer(additional),
        additional.size(),
        nullptr,
        octet_pointer(nonce),
        key.bytes().data());
    return seal_box(link_kind, portal_public_key, inner);
}

std::optional<secret> open_link_slot(
    std::string_view slot,
    const box_key_pair& portal,
    const link_token& token,
    const slot_binding& binding)
{
    const std::optional<secret> inner = open_box(link_kind, slot, portal);
    if (!inner || inner->bytes().size() <= key_id_size + nonce_size + tag_size ||
        inner->view().substr(0, key_id_size) != hash(portal.public_key, key_id_size)) {
        return std::nullopt;
    }
    const std::string_view nonce = inner->view().substr(key_id_size, nonce_size);
    const std::string_view sealed = inner->view().substr(key_id_size + nonce_size);
    const std::string additional = binding_octets(link_kind, binding);
    const secret key = token.open_key();
    secret content_key(sealed.size() - tag_size);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            content_key.bytes().data(),
            nullptr,
            nullptr,
            octet_pointer(sealed),
            sealed.size(),
            octet_pointer(additional),
            additional.size(),
            octet_pointer(nonce),
            key.bytes().data()) != 0) {
        return std::nullopt;
    }
    return content_key;
}

std::string seal_gateway_slot(
    std::string_view gateway_public_key, const gateway_secret& held, const slot_binding& binding)
{
    secret inner(1 + binding_size + held.octets.bytes().size());
    secret_writer out(inner);
    const char mark = held.what == gateway_secret::kind::token ? token_mark : content_key_mark;
    out.write({&mark, 1});
    out.write(hash(binding_octets(gateway_kind, binding), binding_size));
    out.write(held.octets.view());
    return seal_box(gateway_kind, gateway_public_key, inner);
}

std::optional<gateway_secret> open_gateway_slot(
    std::string_view slot, const box_key_pair& gateway, const slot_binding& binding)
{
    const std::optional<secret> inner = open_box(gateway_kind, slot, gateway);
    if (!inner || inner->bytes().size() <= 1 + binding_size) {
        return std::nullopt;
    }
    const char mark = inner->view().front();
    if ((mark != token_mark && mark != content_key_mark) ||
        !equal_in_constant_time(
            inner->view().substr(1, binding_size),
            hash(binding_octets(gateway_kind, binding), binding_size))) {
        return std::nullopt;
    }
    return gateway_secret{
        mark == token_mark ? gateway_secret::kind::token : gateway_secret::kind::content_key,
        secret::copy_of(inner->view().substr(1 + binding_size))};
}

std::string link_slot_name(std::string_view recipient_key)
{
    return "link/" + std::string(recipient_key);
}

std::string gateway_slot_name(std::string_view recipient_key)
{
    return "gateway/" + std::string(recipient_key);
}

} // namespace encryptor
