#include "encryptor/secret.hpp"

#include "encryptor/locked_memory.hpp"
#include "encryptor/octets.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace encryptor {
namespace {

/// What a busy process needs at once: about 8,000 secrets of 64 octets.
constexpr std::size_t least_lockable = 512 * 1024;

} // namespace

secret::secret(std::size_t size)
    : data_(size == 0 ? nullptr : locked_memory::take(size)), size_(size)
{}

secret secret::random(std::size_t size)
{
    secret made(size);
    randombytes_buf(made.data_, size);
    return made;
}

secret secret::copy_of(std::string_view octets)
{
    secret made(octets.size());
    std::copy(octets.begin(), octets.end(), made.data_);
    return made;
}

secret::~secret()
{
    if (data_) {
        locked_memory::give_back(data_, size_);
    }
}

secret::secret(secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0))
{}

secret& secret::operator=(secret&& other) noexcept
{
    secret taken(std::move(other)); // what was here before is zeroed now, not when `other` ends
    std::swap(data_, taken.data_);
    std::swap(size_, taken.size_);
    return *this;
}

void start_cryptography()
{
    if (sodium_init() < 0) {
        throw std::runtime_error("libsodium cannot start: the system gives no random octets");
    }
    locked_memory::require(least_lockable);
}

std::string hexadecimal(std::string_view octets)
{
    std::string text(octets.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), octet_pointer(octets), octets.size());
    text.pop_back();
    return text;
}

std::string sha256(std::string_view octets)
{
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(octet_pointer(hash), octet_pointer(octets), octets.size());
    return hash;
}

std::string hmac_sha256(std::string_view key, std::string_view octets)
{
    const auto state = locked_memory::make<crypto_auth_hmacsha256_state>();
    crypto_auth_hmacsha256_init(state.get(), octet_pointer(key), key.size());
    crypto_auth_hmacsha256_update(state.get(), octet_pointer(octets), octets.size());
    std::string tag(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(state.get(), octet_pointer(tag));
    return tag;
}

std::string random_octets(std::size_t size)
{
    std::string octets(size, '\0');
    randombytes_buf(octets.data(), octets.size());
    return octets;
}

bool equal_in_constant_time(std::string_view one, std::string_view other)
{
    return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

} // namespace encryptor
