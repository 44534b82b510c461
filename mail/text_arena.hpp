#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace mail {

/// Memory for texts that all live as long as the arena, which may move: a text costs its octets and
/// nothing more, and none is ever released by itself. Whoever replaces a text leaves the old one
/// behind, so the arena is for what hardly changes.
class text_arena {
public:
    /// A copy that stays where it is. Throws std::bad_alloc.
    std::string_view keep(std::string_view text);
    /// As `keep`, but what was kept in this way lately is found again instead of copied: for texts
    /// that many records have alike.
    std::string_view keep_shared(std::string_view text);

private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    char* free_ = nullptr; ///< in the last block but those of large texts
    std::size_t left_ = 0;
    std::vector<std::string_view> lately_; ///< by a sum of the text; a later one takes the place
};

} // namespace mail
