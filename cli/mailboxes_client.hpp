#pragma once

#include "cli/endpoints.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct received_attachment {
    std::string name;
    std::uint64_t size = 0;
    std::string sha256;
};

/// A mail as the recipient's client shows it.
struct received_mail {
    std::string id;
    std::string from;
    std::string subject;
    std::string delivery; ///< "inline", "link" or "plain"
    std::string text;
    std::string html;
    std::string code; ///< of a passcode mail
    std::vector<std::string> links;
    std::vector<received_attachment> attachments;
};

/// The simulated recipients' mailboxes, over their REST API.
class mailboxes_client {
public:
    /// Throws failure when this pipeline runs without mailboxes.
    explicit mailboxes_client(const endpoints& where);

    /// All of them, newest first; empty for a mailbox that got nothing yet. Throws failure when
    /// nobody answers.
    boost::asio::awaitable<std::vector<received_mail>> messages(std::string address);
    boost::asio::awaitable<std::string> raw(std::string address, std::string id);

private:
    std::string base_;
    boost::asio::ssl::context tls_; ///< never used: the API is plain HTTP
};

/// The API's list. Throws failure when it is none.
std::vector<received_mail> parse_messages(std::string_view json);

/// The first link into a portal; empty: none.
std::string portal_link(const received_mail& mail);
/// The eight digits that stand alone in the text; nullopt: none.
std::optional<std::string> passcode_in(std::string_view text);

} // namespace cli
