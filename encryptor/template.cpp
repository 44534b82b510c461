#include "encryptor/template.hpp"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>

#include <mutex>
#include <set>
#include <stdexcept>

namespace encryptor {
namespace {

constexpr std::string_view escape_html = "{{%AUTOESCAPE context=\"HTML\"}}";

ctemplate::TemplateString as_key(const std::string& text)
{
    return {text.data(), text.size()};
}

/// For text/plain: a value cannot begin a line of its own.
std::string without_controls(const std::string& value)
{
    std::string clean;
    clean.reserve(value.size());
    for (const char c : value) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet != 0x7f) {
            clean.push_back(c);
        }
    }
    return clean;
}

enum class kind { html, text };

void fill(ctemplate::TemplateDictionary& dictionary, kind wanted, const template_values& values)
{
    for (const auto& [name, value] : values.texts) {
        dictionary.SetValue(as_key(name), wanted == kind::html ? value : without_controls(value));
    }
    for (const auto& [name, items] : values.sections) {
        for (const template_values& item : items) {
            fill(*dictionary.AddSectionDictionary(as_key(name)), wanted, item);
        }
    }
}

/// The library's own cache is not ours alone, and its parser is not made for many threads.
class compiled_templates {
public:
    std::string render(
        kind wanted, std::string_view name, std::string_view source, const template_values& values)
    {
        const std::string key = (wanted == kind::html ? "html:" : "text:") + std::string(name);
        ctemplate::TemplateDictionary dictionary(as_key(key));
        fill(dictionary, wanted, values);
        const std::lock_guard hold(mutex_);
        compile(wanted, key, source);
        std::string out;
        if (!cache_.ExpandWithData(
                as_key(key), ctemplate::DO_NOT_STRIP, &dictionary, nullptr, &out)) {
            throw std::logic_error("the template " + key + " cannot be rendered");
        }
        return out;
    }

private:
    void compile(kind wanted, const std::string& key, std::string_view source)
    {
        if (known_.contains(key)) {
            return;
        }
        const std::string whole =
            (wanted == kind::html ? std::string(escape_html) : std::string()) + std::string(source);
        if (!cache_.StringToTemplateCache(as_key(key), as_key(whole), ctemplate::DO_NOT_STRIP)) {
            throw std::logic_error("the template " + key + " has an error");
        }
        known_.insert(key);
    }

    std::mutex mutex_;
    ctemplate::TemplateCache cache_;
    std::set<std::string> known_;
};

compiled_templates& templates()
{
    static compiled_templates all;
    return all;
}

} // namespace

std::string render_html(
    std::string_view name, std::string_view source, const template_values& values)
{
    return templates().render(kind::html, name, source, values);
}

std::string render_text(
    std::string_view name, std::string_view source, const template_values& values)
{
    return templates().render(kind::text, name, source, values);
}

} // namespace encryptor
