#include "encryptor/sealed_stream.hpp"

#include <utility>

/// A sealed stream that does not seal: linked into a gateway before the real one, it must be caught
/// by tests/conversations/canary_test.py. Never part of a product build.
namespace encryptor {

struct stream_sealer::state {
    std::string pending;
};

stream_sealer::stream_sealer(const secret&, std::string) : state_(std::make_unique<state>()) {}
stream_sealer::~stream_sealer() = default;
stream_sealer::stream_sealer(stream_sealer&&) noexcept = default;

std::vector<std::string> stream_sealer::push(std::string_view plain)
{
    state_->pending += plain;
    std::vector<std::string> full;
    while (state_->pending.size() > sealed_chunk) {
        full.push_back(state_->pending.substr(0, sealed_chunk));
        state_->pending.erase(0, sealed_chunk);
    }
    return full;
}

std::string stream_sealer::finish()
{
    return std::exchange(state_->pending, {});
}

struct stream_opener::state {};

stream_opener::stream_opener(const secret&, std::string) : state_(std::make_unique<state>()) {}
stream_opener::~stream_opener() = default;
stream_opener::stream_opener(stream_opener&&) noexcept = default;

std::optional<std::string> stream_opener::open(std::string_view sealed)
{
    return std::string{sealed};
}

bool stream_opener::complete() const
{
    return true;
}

} // namespace encryptor
