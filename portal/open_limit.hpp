#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace portal {

/// How many messages may be in memory at once; a place is given back when its last owner lets go of
/// it.
class open_limit {
public:
    explicit open_limit(std::size_t most) : most_(most), taken_(std::make_shared<std::size_t>(0)) {}

    class place {
    public:
        explicit place(std::shared_ptr<std::size_t> taken) : taken_(std::move(taken)) { ++*taken_; }
        ~place() { --*taken_; }
        place(const place&) = delete;
        place& operator=(const place&) = delete;

    private:
        std::shared_ptr<std::size_t> taken_;
    };

    /// nullptr: all are taken.
    std::shared_ptr<place> take()
    {
        return *taken_ < most_ ? std::make_shared<place>(taken_) : nullptr;
    }

private:
    std::size_t most_;
    std::shared_ptr<std::size_t> taken_;
};

} // namespace portal
