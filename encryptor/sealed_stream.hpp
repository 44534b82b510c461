#pragma once

#include "encryptor/secret.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace encryptor {

/// Plain octets a chunk of sealed content holds, but for the last.
constexpr std::size_t sealed_chunk = 64 * 1024;

/// Seals content while it arrives (libsodium secretstream XChaCha20-Poly1305). `context` is bound
/// into every chunk: the content id. Chunk 0 starts with the 24-octet header.
class stream_sealer {
public:
    stream_sealer(const secret& key, std::string context);
    ~stream_sealer();
    stream_sealer(stream_sealer&&) noexcept;

    /// Takes plain octets; returns sealed chunks that became full (often none), in order.
    std::vector<std::string> push(std::string_view plain);
    /// The last chunk, with the final tag. Nothing may be pushed after it.
    std::string finish();

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// Opens what stream_sealer made, forward only.
class stream_opener {
public:
    stream_opener(const secret& key, std::string context);
    ~stream_opener();
    stream_opener(stream_opener&&) noexcept;

    /// Plain octets of the next sealed chunk; nullopt: forged, out of order, or after the final
    /// one.
    std::optional<std::string> open(std::string_view sealed);
    /// The final tag was seen: the content is whole.
    bool complete() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace encryptor
