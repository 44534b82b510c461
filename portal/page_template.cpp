#include "portal/page_template.hpp"

#include "portal/assets.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace portal {

namespace {

/// Put together once for each page: the templates compare by their name. Messages are rendered on
/// the thread pool, hence the lock; the texts are never changed after they were made.
const std::string& whole_template(std::string_view name, std::string_view source)
{
    static std::mutex mutex;
    static std::map<std::string, std::string, std::less<>> known;
    const std::lock_guard hold{mutex};
    auto found = known.find(name);
    if (found == known.end()) {
        std::string whole{assets::layout_head_html};
        whole += source;
        whole += assets::layout_foot_html;
        found = known.emplace(name, std::move(whole)).first;
    }
    return found->second;
}

} // namespace

std::string render_page(
    std::string_view name,
    std::string_view source,
    const page_frame& frame,
    std::string_view title,
    encryptor::template_values values)
{
    values.texts["ORGANISATION"] = frame.organisation;
    values.texts["TOKEN"] = frame.token;
    values.texts["TITLE"] = title;
    const std::string key = "portal/" + std::string{name};
    return encryptor::render_html(key, whole_template(name, source), values);
}

encryptor::template_values text_value(std::string_view text)
{
    encryptor::template_values values;
    values.texts["TEXT"] = text;
    return values;
}

} // namespace portal
