#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace encryptor {

/// Secret octets in memory that is locked, kept out of dumps and zeroed at the end. No conversion
/// to text, so no log field can be made of it. Move-only.
class secret {
public:
    secret() = default;
    explicit secret(std::size_t size); ///< zeros; throws when memory cannot be had
    static secret random(std::size_t size);
    static secret copy_of(std::string_view octets);
    ~secret();
    secret(secret&& other) noexcept;
    secret& operator=(secret&& other) noexcept;

    std::span<std::uint8_t> bytes() { return {data_, size_}; }
    std::span<const std::uint8_t> bytes() const { return {data_, size_}; }
    std::string_view view() const { return {reinterpret_cast<const char*>(data_), size_}; }
    bool empty() const { return size_ == 0; }
    secret clone() const { return copy_of(view()); }

private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
};

/// sodium_init and the check that memory can be locked; throws with the remedy (ulimit -l). Once,
/// at start.
void start_cryptography();

std::string hexadecimal(std::string_view octets);
std::string sha256(std::string_view octets);                            ///< 32 octets
std::string hmac_sha256(std::string_view key, std::string_view octets); ///< 32 octets
std::string random_octets(std::size_t size);
bool equal_in_constant_time(std::string_view one, std::string_view other);

} // namespace encryptor
