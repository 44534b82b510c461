#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace simulator {

/// The mails that the API told last, as it told them: to decrypt and verify one takes some
/// milliseconds, and scripts ask for whole mailboxes again and again. What was verified once stays
/// so. One thread.
class told_mails {
public:
    static constexpr std::size_t most_octets = 32UL * 1024 * 1024; ///< of all that is kept
    static constexpr std::size_t longest = 1024UL * 1024;          ///< larger ones are not kept

    /// As kept with the same `means` (mail_client::means), good until keep(); nullptr: it is not.
    const std::string* find(std::int64_t id, const std::string& means) const;
    void keep(std::int64_t id, std::string means, std::string json);
    std::size_t octets() const { return octets_; }

private:
    struct told {
        std::string means;
        std::string json;
    };
    void forget(std::int64_t id);

    std::map<std::int64_t, told> by_id_;
    std::deque<std::int64_t> ids_; ///< oldest first
    std::size_t octets_ = 0;
};

} // namespace simulator
