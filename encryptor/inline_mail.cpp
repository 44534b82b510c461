#include "encryptor/inline_mail.hpp"

#include "mail/entity_reader.hpp"
#include "mail/header_block.hpp"

#include <optional>
#include <utility>

namespace encryptor {
namespace {

bool begins_with(std::string_view name, std::string_view prefix)
{
    return mail::same_field(name.substr(0, prefix.size()), prefix);
}

/// What describes the entity moves inside with it; what says who sent and who delivered is ours to
/// say.
bool stays_outside(std::string_view name)
{
    return !begins_with(name, "Content-") && !mail::same_field(name, "MIME-Version") &&
           !mail::same_field(name, "Sender") && !begins_with(name, "X-Sealpost-");
}

} // namespace

struct inline_mail::state {
    const signing_identity& signer;
    std::string recipient;
    content_cipher cipher;
    std::function<void(std::string_view)> sink;
    mail::header_block header = {};
    mail::entity_reader entity = {};
    std::optional<smime_writer> writer = {};

    void write_header()
    {
        std::string fields;
        for (const mail::raw_field& field : header.split()) {
            if (stays_outside(field.name)) {
                fields += field.raw;
                fields += field.raw.ends_with('\n') ? "" : "\r\n";
            }
        }
        fields += "Sender: <" + signer.address() + ">\r\n";
        fields += "X-Sealpost-Delivery: inline\r\nMIME-Version: 1.0\r\n";
        sink(fields);
        writer.emplace(signer, recipient, cipher, sink);
        header = {};
    }
};

inline_mail::inline_mail(
    const signing_identity& signer,
    std::string recipient_certificate_pem,
    content_cipher cipher,
    std::function<void(std::string_view)> sink)
    : state_(new state{signer, std::move(recipient_certificate_pem), cipher, std::move(sink)})
{}

inline_mail::~inline_mail() = default;
inline_mail::inline_mail(inline_mail&&) noexcept = default;

void inline_mail::push(std::string_view octets)
{
    const std::string_view entity = state_->entity.feed(octets);
    if (!state_->writer) {
        state_->header.feed(octets);
        if (state_->header.state() == mail::header_block::progress::too_large) {
            throw smime_error("the mail's header is larger than an inline copy can carry");
        }
        if (state_->header.state() != mail::header_block::progress::complete) {
            return;
        }
        state_->write_header();
    }
    state_->writer->push(entity);
}

void inline_mail::finish()
{
    const std::string_view rest = state_->entity.finish();
    if (!state_->writer) {
        state_->write_header();
    }
    state_->writer->push(rest);
    state_->writer->finish();
}

} // namespace encryptor
