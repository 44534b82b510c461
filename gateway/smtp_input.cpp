#include "gateway/smtp_input.hpp"

namespace gateway {

smtp_input::cut smtp_input::next_line(std::string& text)
{
    const auto end = buffer_.find('\n');
    if (end == std::string::npos) {
        return buffer_.size() < longest_line_ ? cut::more : cut::too_long;
    }
    if (end + 1 > longest_line_) {
        return cut::too_long;
    }
    if (end == 0 || buffer_[end - 1] != '\r') {
        return cut::bare_line_feed;
    }
    text.assign(buffer_, 0, end - 1);
    buffer_.erase(0, end + 1);
    return cut::line;
}

} // namespace gateway
