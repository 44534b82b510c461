#include "mail/checksum.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace mail {
namespace {

EVP_MD_CTX* native(void* sum)
{
    return static_cast<EVP_MD_CTX*>(sum);
}

void check_sum(int done)
{
    if (done != 1)
        throw std::runtime_error("SHA-256 failed");
}

} // namespace

void checksum::release::operator()(void* sum) const
{
    EVP_MD_CTX_free(native(sum));
}

checksum::checksum() : sum_(EVP_MD_CTX_new())
{
    check_sum(EVP_DigestInit_ex2(native(sum_.get()), EVP_sha256(), nullptr));
}

void checksum::add(std::string_view octets)
{
    check_sum(EVP_DigestUpdate(native(sum_.get()), octets.data(), octets.size()));
}

std::array<std::uint8_t, 32> checksum::octets()
{
    std::array<std::uint8_t, 32> result{};
    check_sum(EVP_DigestFinal_ex(native(sum_.get()), result.data(), nullptr));
    return result;
}

std::string checksum::hexadecimal()
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t octet : octets()) {
        text += digits[octet >> 4];
        text += digits[octet & 0x0F];
    }
    return text;
}

} // namespace mail
