#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace portal {

/// How many messages may be in memory at once, in all and for one reader, so that nobody shuts the
/// others out. A place is given back when its last owner lets go of it.
class open_limit {
public:
    static constexpr std::size_t most_of_a_reader = 2;

    explicit open_limit(std::size_t most) : most_(most), taken_(std::make_shared<counts>()) {}

private:
    struct counts {
        std::size_t all = 0;
        std::map<std::string, std::size_t> of_reader;
    };

public:
    class place {
    public:
        place(std::shared_ptr<counts> taken, std::string reader)
            : taken_(std::move(taken)), reader_(std::move(reader))
        {
            ++taken_->all;
            ++taken_->of_reader[reader_];
        }
        ~place()
        {
            --taken_->all;
            if (--taken_->of_reader[reader_] == 0) {
                taken_->of_reader.erase(reader_);
            }
        }
        place(const place&) = delete;
        place& operator=(const place&) = delete;

    private:
        std::shared_ptr<counts> taken_;
        std::string reader_;
    };

    bool has_enough(const std::string& reader) const
    {
        const auto found = taken_->of_reader.find(reader);
        return found != taken_->of_reader.end() && found->second >= most_of_a_reader;
    }

    /// nullptr: all are taken, or this reader has enough.
    std::shared_ptr<place> take(const std::string& reader)
    {
        const bool refused = taken_->all >= most_ || has_enough(reader);
        return refused ? nullptr : std::make_shared<place>(taken_, reader);
    }

private:
    std::size_t most_;
    std::shared_ptr<counts> taken_;
};

} // namespace portal
