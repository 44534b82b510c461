#include "mail/entity_reader.hpp"

namespace mail {
namespace {

bool belongs_to_entity(std::string_view name)
{
    constexpr std::string_view prefix = "Content-";
    return same_field(name, "MIME-Version") || same_field(name.substr(0, prefix.size()), prefix);
}

} // namespace

std::string_view entity_reader::feed(std::string_view octets)
{
    if (in_body_)
        return octets;
    const std::size_t taken = header_.feed(octets);
    if (header_.state() != header_block::progress::complete)
        return {};
    begin_entity();
    begin_ += octets.substr(taken);
    return begin_;
}

std::string_view entity_reader::finish()
{
    if (in_body_ || too_large())
        return {};
    begin_entity();
    return begin_;
}

void entity_reader::begin_entity()
{
    in_body_ = true;
    for (const raw_field& field : header_.split()) {
        if (!belongs_to_entity(field.name))
            continue;
        begin_ += field.raw;
        if (!field.raw.ends_with('\n'))
            begin_ += "\r\n";
    }
    begin_ += "\r\n";
    header_ = {};
}

} // namespace mail
