#pragma once

#include "simulator/mailboxes/mailbox_store.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simulator {

struct shown_attachment {
    std::string name; ///< UTF-8
    std::string media_type;
    std::string content_id; ///< empty: the HTML does not refer to it
    std::string sha256;     ///< hexadecimal, of the decoded octets
    std::string octets;
};

enum class delivery_kind { in_line, link, plain };
std::string_view to_text(delivery_kind); ///< "inline", "link", "plain"

/// A mail as its recipient's client shows it. Everything but the delivery comes from whoever sent
/// the mail.
struct shown_mail {
    std::string from, to, subject, date; ///< UTF-8
    delivery_kind delivery = delivery_kind::plain;
    std::optional<std::string> text;
    std::optional<std::string> html;
    std::vector<std::string> links; ///< http and https, in order, each once
    std::vector<shown_attachment> attachments;
    std::string kind;            ///< "passcode"; empty: ordinary mail
    std::string code;            ///< of a passcode mail
    std::string verified_signer; ///< whose signature was verified; empty: nobody's
    std::string problem;         ///< why the content can't be shown; empty: it can
};

/// The recipients' clients. One with a key is an Outlook: it decrypts and verifies, and shows
/// nothing unless both are right. The others show what they get.
class mail_client {
public:
    /// `keys`: folder of ADDRESS.pem; `authority`: PEM file. Both are looked at anew for each mail,
    /// and may be empty or missing.
    mail_client(std::filesystem::path keys, std::filesystem::path authority);

    /// Never throws for what stands in the mail.
    shown_mail show(const stored_mail& mail) const;
    /// As it stands in a list: without its content, so that nothing need be decrypted.
    shown_mail show_header(const stored_mail& mail) const;
    /// Another one where show() may show this mailbox's mails otherwise than before.
    std::string means(const std::string& mailbox) const;

private:
    std::optional<std::string> key_of(const std::string& mailbox) const;
    /// The mail with its protected part opened; sets signer or problem.
    std::string open(const stored_mail& mail, shown_mail& shown) const;

    std::filesystem::path keys_;
    std::filesystem::path authority_;
};

} // namespace simulator
