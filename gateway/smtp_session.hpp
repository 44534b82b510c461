#pragma once

#include "gateway/smtp_command.hpp"
#include "gateway/smtp_listener.hpp"
#include "gateway/smtp_reply.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gateway {

/// What the shell has to do about one line. With `begin_mail` and `add_recipient` the receiver is
/// asked and its reply goes through answered(); else `reply` is sent as it is, before anything
/// further is done.
struct smtp_step {
    enum class action {
        reply,         ///< nothing but the reply
        begin_mail,    ///< ask the receiver with `command.path` and `command.declared_size`
        add_recipient, ///< ask the transaction with `command.path`
        reset,         ///< drop the transaction
        read_data,     ///< then take the mail
        start_tls,     ///< then start TLS, if nothing is buffered
        close          ///< then close
    };
    action wanted = action::reply;
    smtp_reply reply;
    smtp_command command;
};

/// The SMTP dialogue as a pure state machine: lines in, replies and actions out. No I/O, no clock.
class smtp_session {
public:
    /// Commands that do nothing (NOOP, RSET, VRFY, HELP) between two mails; then each counts as an
    /// error.
    static constexpr std::size_t idle_commands = 100;

    smtp_session(std::string host_name, smtp_limits limits, bool offers_tls);

    smtp_reply greeting() const;
    /// One command line without its CRLF.
    smtp_step line(std::string_view text);
    /// The receiver's reply to the last begin_mail or add_recipient: what is to be sent.
    smtp_step answered(const smtp_reply& reply);
    /// DATA is over, whatever came of it.
    void data_ended(bool accepted);
    /// TLS runs: nothing that was said in clear counts any more (RFC 3207 section 4.2).
    void tls_started();

    const std::string& peer_name() const { return peer_name_; }
    bool tls() const { return tls_; }

private:
    struct rule;
    static const rule rules[];

    enum state : unsigned {
        fresh = 1,
        greeted = 2,
        sender_given = 4,
        recipients_given = 8,
        any = 15
    };

    smtp_step greet(const smtp_command& command);
    smtp_step begin_mail(const smtp_command& command);
    smtp_step add_recipient(const smtp_command& command);
    smtp_step read_data(const smtp_command& command);
    smtp_step reset(const smtp_command& command);
    smtp_step idle(const smtp_command& command);
    smtp_step quit(const smtp_command& command);
    smtp_step start_tls(const smtp_command& command);

    smtp_step refused(smtp_outcome outcome, std::string_view detail = {});
    smtp_step counted(smtp_step step);
    bool in_transaction() const { return (state_ & (sender_given | recipients_given)) != 0; }

    std::string host_name_;
    smtp_limits limits_;
    bool offers_tls_;
    bool tls_ = false;
    state state_ = fresh;
    std::string peer_name_;
    std::size_t recipients_ = 0;
    std::size_t errors_ = 0;
    std::size_t idle_commands_ = 0;
    smtp_step::action asked_ = smtp_step::action::reply;
};

} // namespace gateway
