#include "gateway/smtp_session.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace gateway {

using action = smtp_step::action;

struct smtp_session::rule {
    smtp_verb verb;
    unsigned allowed; ///< states, or-ed
    smtp_step (smtp_session::*handle)(const smtp_command&);
};

const smtp_session::rule smtp_session::rules[] = {
    {smtp_verb::ehlo, any, &smtp_session::greet},
    {smtp_verb::helo, any, &smtp_session::greet},
    {smtp_verb::mail, greeted, &smtp_session::begin_mail},
    {smtp_verb::rcpt, sender_given | recipients_given, &smtp_session::add_recipient},
    {smtp_verb::data, recipients_given, &smtp_session::read_data},
    {smtp_verb::rset, any, &smtp_session::reset},
    {smtp_verb::noop, any, &smtp_session::idle},
    {smtp_verb::vrfy, any, &smtp_session::idle},
    {smtp_verb::help, any, &smtp_session::idle},
    {smtp_verb::quit, any, &smtp_session::quit},
    {smtp_verb::starttls, greeted, &smtp_session::start_tls},
};

namespace {

// Why a command is out of place: nobody said hello, no mail was begun, or one is open.
smtp_outcome out_of_place(smtp_verb verb, bool said_hello, bool mail_is_open)
{
    if (!said_hello) {
        return smtp_outcome::greeting_first;
    }
    if (!mail_is_open) {
        return smtp_outcome::sender_first;
    }
    return verb == smtp_verb::data ? smtp_outcome::no_recipients : smtp_outcome::transaction_open;
}

smtp_step plain(smtp_reply reply, action wanted = action::reply)
{
    smtp_step step;
    step.wanted = wanted;
    step.reply = std::move(reply);
    return step;
}

} // namespace

smtp_session::smtp_session(std::string host_name, smtp_limits limits, bool offers_tls)
    : host_name_(std::move(host_name)), limits_(limits), offers_tls_(offers_tls)
{}

smtp_reply smtp_session::greeting() const
{
    return reply_for(smtp_outcome::greeting, host_name_);
}

smtp_step smtp_session::line(std::string_view text)
{
    const auto parsed = parse_command(text);
    if (const auto* wrong = std::get_if<smtp_fault>(&parsed)) {
        return refused(wrong->outcome, wrong->detail);
    }
    const auto& command = std::get<smtp_command>(parsed);
    const auto* found = std::find_if(
        std::begin(rules), std::end(rules), [&](const rule& r) { return r.verb == command.verb; });
    if ((found->allowed & state_) == 0) {
        return refused(out_of_place(command.verb, state_ != fresh, in_transaction()));
    }
    auto step = (this->*found->handle)(command);
    asked_ = step.wanted;
    return step;
}

smtp_step smtp_session::answered(const smtp_reply& reply)
{
    if (!reply.positive()) {
        return counted(plain(reply));
    }
    if (asked_ == action::begin_mail) {
        state_ = sender_given;
        recipients_ = 0;
    } else if (asked_ == action::add_recipient) {
        state_ = recipients_given;
        ++recipients_;
    }
    return plain(reply);
}

void smtp_session::data_ended(bool accepted)
{
    state_ = greeted;
    recipients_ = 0;
    if (accepted) {
        idle_commands_ = 0;
    }
}

void smtp_session::tls_started()
{
    tls_ = true;
    state_ = fresh;
    peer_name_.clear();
    recipients_ = 0;
}

smtp_step smtp_session::greet(const smtp_command& command)
{
    peer_name_ = command.name;
    state_ = greeted;
    recipients_ = 0;
    smtp_reply reply{250, "", {host_name_ + " greets " + command.name}};
    if (command.verb == smtp_verb::ehlo) {
        reply.lines.emplace_back("PIPELINING");
        reply.lines.emplace_back("SIZE " + std::to_string(limits_.message_octets));
        reply.lines.emplace_back("8BITMIME");
        if (offers_tls_ && !tls_) {
            reply.lines.emplace_back("STARTTLS");
        }
        reply.lines.emplace_back("ENHANCEDSTATUSCODES");
    }
    return plain(std::move(reply), action::reset);
}

smtp_step smtp_session::begin_mail(const smtp_command& command)
{
    if (command.declared_size > limits_.message_octets) {
        return refused(smtp_outcome::mail_too_large, std::to_string(limits_.message_octets));
    }
    smtp_step step;
    step.wanted = action::begin_mail;
    step.command = command;
    return step;
}

smtp_step smtp_session::add_recipient(const smtp_command& command)
{
    if (recipients_ >= limits_.recipients) {
        return plain(
            reply_for(smtp_outcome::too_many_recipients, std::to_string(limits_.recipients)));
    }
    smtp_step step;
    step.wanted = action::add_recipient;
    step.command = command;
    if (command.postmaster) {
        const auto postmaster = mail::address::parse("postmaster@" + host_name_);
        if (!postmaster) {
            return refused(smtp_outcome::bad_recipient);
        }
        step.command.path = *postmaster;
    }
    return step;
}

smtp_step smtp_session::read_data(const smtp_command&)
{
    return plain(reply_for(smtp_outcome::start_data), action::read_data);
}

smtp_step smtp_session::reset(const smtp_command& command)
{
    if (in_transaction()) {
        state_ = greeted;
        recipients_ = 0;
    }
    auto step = idle(command);
    if (step.wanted == action::reply) {
        step.wanted = action::reset;
    }
    return step;
}

smtp_step smtp_session::idle(const smtp_command& command)
{
    auto said = smtp_outcome::done;
    if (command.verb == smtp_verb::vrfy) {
        said = smtp_outcome::not_verified;
    } else if (command.verb == smtp_verb::help) {
        said = smtp_outcome::help;
    }
    auto step = plain(reply_for(said));
    return ++idle_commands_ > idle_commands ? counted(std::move(step)) : step;
}

smtp_step smtp_session::quit(const smtp_command&)
{
    return plain(reply_for(smtp_outcome::goodbye, host_name_), action::close);
}

smtp_step smtp_session::start_tls(const smtp_command&)
{
    if (tls_) {
        return refused(smtp_outcome::tls_runs);
    }
    if (!offers_tls_) {
        return refused(smtp_outcome::no_tls);
    }
    return plain(reply_for(smtp_outcome::start_tls), action::start_tls);
}

smtp_step smtp_session::refused(smtp_outcome outcome, std::string_view detail)
{
    return counted(plain(reply_for(outcome, detail)));
}

smtp_step smtp_session::counted(smtp_step step)
{
    if (++errors_ > limits_.errors) {
        return plain(reply_for(smtp_outcome::too_many_errors, host_name_), action::close);
    }
    return step;
}

} // namespace gateway
