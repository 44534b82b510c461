#include "encryptor/sealed_stream.hpp"

#include "encryptor/locked_memory.hpp"
#include "encryptor/octets.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace encryptor {
namespace {

using stream_state = crypto_secretstream_xchacha20poly1305_state;
constexpr std::size_t key_size = crypto_secretstream_xchacha20poly1305_KEYBYTES;
constexpr std::size_t header_size = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t tag_size = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr unsigned char tag_more = crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
constexpr unsigned char tag_final = crypto_secretstream_xchacha20poly1305_TAG_FINAL;

const unsigned char* checked_key(const secret& key)
{
    if (key.bytes().size() != key_size) {
        throw std::invalid_argument("a content key has 32 octets");
    }
    return key.bytes().data();
}

/// Additional data of every chunk: where the format ends and the content id begins.
std::string bound_to(const std::string& context)
{
    return "sealpost content 1:" + context;
}

} // namespace

struct stream_sealer::state {
    locked_memory::object<stream_state> cipher = locked_memory::make<stream_state>();
    std::string additional;
    std::string waiting; ///< plain octets of the chunk that is not full yet
    std::string header;  ///< goes before the first chunk; empty once it went
    bool finished = false;

    ~state()
    {
        waiting.resize(sealed_chunk); // what earlier chunks left behind goes too
        sodium_memzero(waiting.data(), waiting.size());
    }

    std::string seal(std::string_view plain, unsigned char tag)
    {
        std::string sealed = std::exchange(header, {});
        const std::size_t before = sealed.size();
        sealed.resize(before + plain.size() + tag_size);
        crypto_secretstream_xchacha20poly1305_push(
            cipher.get(),
            octet_pointer(sealed) + before,
            nullptr,
            octet_pointer(plain),
            plain.size(),
            octet_pointer(std::string_view{additional}),
            additional.size(),
            tag);
        return sealed;
    }
};

stream_sealer::stream_sealer(const secret& key, std::string context) : state_(new state)
{
    state_->additional = bound_to(context);
    state_->waiting.reserve(sealed_chunk);
    state_->header.resize(header_size);
    crypto_secretstream_xchacha20poly1305_init_push(
        state_->cipher.get(), octet_pointer(state_->header), checked_key(key));
}

stream_sealer::~stream_sealer() = default;
stream_sealer::stream_sealer(stream_sealer&&) noexcept = default;

std::vector<std::string> stream_sealer::push(std::string_view plain)
{
    if (state_->finished) {
        throw std::logic_error("sealed content takes no octets after its last chunk");
    }
    std::vector<std::string> sealed;
    std::string& waiting = state_->waiting;
    while (!plain.empty()) {
        if (waiting.empty() && plain.size() >= sealed_chunk) {
            sealed.push_back(state_->seal(plain.substr(0, sealed_chunk), tag_more));
            plain.remove_prefix(sealed_chunk);
            continue;
        }
        const std::size_t taken = std::min(plain.size(), sealed_chunk - waiting.size());
        waiting.append(plain.substr(0, taken));
        plain.remove_prefix(taken);
        if (waiting.size() == sealed_chunk) {
            sealed.push_back(state_->seal(waiting, tag_more));
            waiting.clear();
        }
    }
    return sealed;
}

std::string stream_sealer::finish()
{
    if (std::exchange(state_->finished, true)) {
        throw std::logic_error("sealed content has one last chunk");
    }
    return state_->seal(state_->waiting, tag_final);
}

struct stream_opener::state {
    enum class phase { header, chunks, complete, refused } now = phase::header;
    locked_memory::object<stream_state> cipher = locked_memory::make<stream_state>();
    secret key;
    std::string additional;

    bool start(std::string_view& sealed)
    {
        if (sealed.size() < header_size) {
            return false;
        }
        const int bad = crypto_secretstream_xchacha20poly1305_init_pull(
            cipher.get(), octet_pointer(sealed), key.bytes().data());
        sealed.remove_prefix(header_size);
        key = secret();
        now = phase::chunks;
        return bad == 0;
    }

    std::optional<std::string> open(std::string_view sealed)
    {
        if (sealed.size() < tag_size || sealed.size() > sealed_chunk + tag_size) {
            return std::nullopt;
        }
        std::string plain(sealed.size() - tag_size, '\0');
        unsigned char tag = 0;
        if (crypto_secretstream_xchacha20poly1305_pull(
                cipher.get(),
                octet_pointer(plain),
                nullptr,
                &tag,
                octet_pointer(sealed),
                sealed.size(),
                octet_pointer(std::string_view{additional}),
                additional.size()) != 0) {
            return std::nullopt;
        }
        // Only the last chunk may be short, so that positions follow from chunk numbers.
        const bool full = tag == tag_more && plain.size() == sealed_chunk;
        if (!full && tag != tag_final) {
            return std::nullopt;
        }
        now = tag == tag_final ? phase::complete : phase::chunks;
        return plain;
    }
};

stream_opener::stream_opener(const secret& key, std::string context) : state_(new state)
{
    checked_key(key);
    state_->key = key.clone();
    state_->additional = bound_to(context);
}

stream_opener::~stream_opener() = default;
stream_opener::stream_opener(stream_opener&&) noexcept = default;

std::optional<std::string> stream_opener::open(std::string_view sealed)
{
    const auto refused = [this] {
        state_->now = state::phase::refused;
        return std::nullopt;
    };
    if (state_->now == state::phase::header && !state_->start(sealed)) {
        return refused();
    }
    if (state_->now != state::phase::chunks) {
        return refused();
    }
    std::optional<std::string> plain = state_->open(sealed);
    if (!plain) {
        return refused();
    }
    return plain;
}

bool stream_opener::complete() const
{
    return state_->now == state::phase::complete;
}

} // namespace encryptor
