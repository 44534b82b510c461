#pragma once

#include <string>
#include <string_view>

namespace cli {

/// Tells a story on standard output: numbered steps, what was found, what was quoted. Colours on a
/// terminal only, and not when NO_COLOR is set.
class narrator {
public:
    narrator();

    void step(std::string_view title);
    void line(std::string_view text);
    void good(std::string_view text);  ///< something that had to be so, and is
    void quote(std::string_view text); ///< as received, line by line
    void heading(std::string_view text);

private:
    std::string painted(std::string_view text, std::string_view colour) const;

    bool colours_;
    int steps_ = 0;
};

} // namespace cli
