#include "bus/chain.hpp"

#include "bus/octets.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace bus {
namespace {

/// One SHA-256 context a thread: fetching the algorithm anew costs more than hashing an event.
class sha256 {
public:
    sha256() : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), state_(EVP_MD_CTX_new())
    {
        if (!algorithm_ || !state_)
            throw std::runtime_error("OpenSSL offers no SHA-256");
    }

    void start() { check(EVP_DigestInit_ex2(state_.get(), algorithm_.get(), nullptr)); }
    void add(std::string_view octets)
    {
        check(EVP_DigestUpdate(state_.get(), octets.data(), octets.size()));
    }
    hash finish()
    {
        hash result;
        check(EVP_DigestFinal_ex(state_.get(), result.data(), nullptr));
        return result;
    }

private:
    struct release {
        void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
        void operator()(EVP_MD_CTX* state) const { EVP_MD_CTX_free(state); }
    };

    static void check(int done)
    {
        if (done != 1)
            throw std::runtime_error("SHA-256 failed");
    }

    std::unique_ptr<EVP_MD, release> algorithm_;
    std::unique_ptr<EVP_MD_CTX, release> state_;
};

} // namespace

hash chain_hash(
    const hash& prev,
    std::uint64_t seq,
    std::int64_t time,
    std::string_view id,
    std::string_view type,
    std::string_view payload)
{
    thread_local sha256 digest;
    thread_local octet_writer head; // keeps its memory from event to event
    head.clear();
    head.raw({reinterpret_cast<const char*>(prev.data()), prev.size()}).u64(seq).i64(time);
    head.text(id).text(type).u32(static_cast<std::uint32_t>(payload.size()));
    digest.start();
    digest.add(head.view());
    digest.add(payload);
    return digest.finish();
}

boost::system::error_code chain_cursor::accept(stored_event& arrived)
{
    if (arrived.seq != next_ || arrived.time < time_)
        return errc::different_log;
    const hash own =
        chain_hash(last_, arrived.seq, arrived.time, arrived.id, arrived.type, arrived.payload);
    if (own != arrived.own)
        return errc::different_log;
    arrived.prev = last_;
    last_ = own;
    time_ = arrived.time;
    ++next_;
    return {};
}

} // namespace bus
