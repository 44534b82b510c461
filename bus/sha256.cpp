#include "bus/sha256.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace bus {
namespace {

struct release {
    void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
    void operator()(EVP_MD_CTX* state) const { EVP_MD_CTX_free(state); }
};

void check(int done)
{
    if (done != 1)
        throw std::runtime_error("SHA-256 failed");
}

} // namespace

struct sha256::state {
    std::unique_ptr<EVP_MD, release> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
    std::unique_ptr<EVP_MD_CTX, release> context{EVP_MD_CTX_new()};
};

sha256::sha256() : state_(std::make_unique<state>())
{
    if (!state_->algorithm || !state_->context)
        throw std::runtime_error("OpenSSL offers no SHA-256");
    start();
}

sha256::~sha256() = default;

void sha256::start()
{
    check(EVP_DigestInit_ex2(state_->context.get(), state_->algorithm.get(), nullptr));
}

void sha256::add(std::string_view octets)
{
    check(EVP_DigestUpdate(state_->context.get(), octets.data(), octets.size()));
}

hash sha256::finish()
{
    hash result;
    check(EVP_DigestFinal_ex(state_->context.get(), result.data(), nullptr));
    return result;
}

std::string_view octets_of(const hash& value)
{
    return {reinterpret_cast<const char*>(value.data()), value.size()};
}

hash sha256_of(std::string_view octets)
{
    sha256 sum;
    sum.add(octets);
    return sum.finish();
}

} // namespace bus
