#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// How one mail went: the reply that decided, all its lines without their codes.
struct smtp_outcome {
    int code = 0;
    std::vector<std::string> lines;
    std::string stage; ///< "DATA", or the command that was refused

    bool accepted() const { return stage == "DATA" && code == 250; }
};

struct smtp_mail {
    std::string server; ///< "127.0.0.1:2525"
    std::string sender;
    std::vector<std::string> recipients;
    std::string octets; ///< with CRLF line ends
};

/// One transaction with all the recipients; a refused one ends it, so that nothing is sent by
/// halves. Throws failure when the server cannot be reached or does not speak SMTP.
boost::asio::awaitable<smtp_outcome> exchange_mail(smtp_mail mail);

/// The octets as they go over the wire in DATA: dots doubled at line starts, and the final dot.
std::string dot_stuffed(std::string_view octets);

/// Takes one whole reply from the front of `received`; false: more must come. Throws failure when
/// it is none.
bool take_reply(std::string& received, smtp_outcome& reply);

} // namespace cli
