#pragma once

#include <cstddef>
#include <utility>

namespace bus {

/// Octets on their way to all subscribers, so that together they cost no more than a bound. Each
/// may have as much as is left for others, so that a new one always finds some.
class octets_on_the_way {
public:
    explicit octets_on_the_way(std::size_t most) : most_(most) {}

    std::size_t share() const { return most_ > now_ ? most_ - now_ : 0; }

    /// Of one subscriber; off the total when it ends. The total outlives it.
    class part {
    public:
        explicit part(octets_on_the_way& of_all) : of_all_(&of_all) {}
        part(part&& other) noexcept
            : of_all_(other.of_all_), octets_(std::exchange(other.octets_, 0))
        {}
        part& operator=(part&& other) noexcept
        {
            std::swap(of_all_, other.of_all_);
            std::swap(octets_, other.octets_);
            return *this;
        }
        ~part() { take_off(octets_); }

        std::size_t octets() const { return octets_; }
        /// Of the octets that it has now.
        std::size_t most() const { return of_all_->share(); }
        void add(std::size_t octets)
        {
            of_all_->now_ += octets;
            octets_ += octets;
        }
        void take_off(std::size_t octets)
        {
            of_all_->now_ -= octets;
            octets_ -= octets;
        }

    private:
        octets_on_the_way* of_all_;
        std::size_t octets_ = 0;
    };

private:
    std::size_t most_;
    std::size_t now_ = 0;
};

} // namespace bus
