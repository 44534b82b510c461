#include "mail/header_reader.hpp"

#include "mail/charset.hpp"
#include "mail/encoded_words.hpp"
#include "mail/gmime.hpp"

#include <gmime/gmime.h>

#include <algorithm>

namespace mail {

std::string decode_field(std::string_view body)
{
    start_gmime();
    const std::string folded(body);
    const text_ptr unfolded(g_mime_utils_header_unfold(folded.c_str()));
    return single_line(valid_utf8(decode_encoded_words(unfolded.get())));
}

header_reader::progress header_reader::feed(std::string_view octets)
{
    if (block_.state() != progress::more)
        return block_.state();
    block_.feed(octets);
    if (block_.state() == progress::complete)
        finish();
    return block_.state();
}

void header_reader::finish()
{
    if (block_.state() == progress::too_large || !fields_.empty())
        return;
    for (const raw_field& field : block_.split()) {
        fields_.push_back(
            {std::string(field.name), decode_field(field.body), std::string(field.raw)});
        if (!fields_.back().raw.ends_with('\n'))
            fields_.back().raw += "\r\n";
    }
}

const header_field* header_reader::find(std::string_view name) const
{
    const auto same = [&](const header_field& field) { return same_field(field.name, name); };
    const auto found = std::find_if(fields_.begin(), fields_.end(), same);
    return found == fields_.end() ? nullptr : &*found;
}

} // namespace mail
