#include "cli/directory_file.hpp"

#include "cli/durable_file.hpp"
#include "cli/failure.hpp"
#include "cli/key_files.hpp"
#include "mail/address.hpp"
#include "mail/event_json.hpp"

#include <nlohmann/json.hpp>
#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace cli {

namespace {

using json = nlohmann::ordered_json;

/// Reads the tables; every fault is kept, so that one run names them all.
class directory_reader {
public:
    explicit directory_reader(std::filesystem::path file) : file_(std::move(file)) {}

    json read(const toml::table& document)
    {
        allow(document, {"organisation", "domain", "recipient"});
        json result = json::object();
        if (const toml::node* node = document.get("organisation"))
            result["organisation"] = organisation(*node);
        result["domains"] = list(document, "domain", &directory_reader::domain);
        result["recipients"] = list(document, "recipient", &directory_reader::recipient);
        return result;
    }

    const std::string& faults() const { return faults_; }

private:
    using entry_reader = json (directory_reader::*)(const toml::table&);

    void fault(const toml::node& where, const std::string& what)
    {
        faults_ +=
            "\n  " + file_.string() + ":" + std::to_string(where.source().begin.line) + ": " + what;
    }

    void allow(const toml::table& table, std::initializer_list<std::string_view> keys)
    {
        for (const auto& [key, value] : table)
            if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
                fault(
                    value,
                    "unknown key '" + std::string(key.str()) + "'; allowed are " + joined(keys));
    }

    static std::string joined(std::initializer_list<std::string_view> keys)
    {
        std::string text;
        for (const std::string_view key : keys)
            text += (text.empty() ? "" : ", ") + std::string(key);
        return text;
    }

    json list(const toml::table& document, const char* key, entry_reader read_entry)
    {
        json entries = json::array();
        const toml::node* node = document.get(key);
        if (node == nullptr)
            return entries;
        const toml::array* array = node->as_array();
        if (array == nullptr) {
            fault(*node, std::string("write it as [[") + key + "]], one for each entry");
            return entries;
        }
        for (const toml::node& element : *array) {
            if (const toml::table* table = element.as_table())
                entries.push_back((this->*read_entry)(*table));
            else
                fault(element, std::string("write it as [[") + key + "]]");
        }
        return entries;
    }

    json organisation(const toml::node& node)
    {
        json entry = json::object();
        const toml::table* table = node.as_table();
        if (table == nullptr) {
            fault(node, "write it as [organisation]");
            return entry;
        }
        allow(*table, {"name", "force_link", "expiry_seconds"});
        copy_text(*table, "name", entry);
        copy_flag(*table, "force_link", entry);
        if (const toml::node* seconds = table->get("expiry_seconds")) {
            const auto value = seconds->value_exact<std::int64_t>();
            if (!value || *value < 0)
                fault(*seconds, "expiry_seconds is a number of seconds, 0 for never");
            else
                entry["expiry_seconds"] = *value;
        }
        return entry;
    }

    json domain(const toml::table& table)
    {
        allow(table, {"name", "identity", "client", "removed"});
        json entry = json::object();
        if (const std::string* name = required_text(table, "name"))
            entry["domain"] = *name;
        copy_kind(table, entry);
        return entry;
    }

    json recipient(const toml::table& table)
    {
        allow(table, {"address", "identity", "client", "certificate", "reads_gcm", "removed"});
        json entry = json::object();
        if (const std::string* address = required_text(table, "address")) {
            if (!mail::address::parse(*address))
                fault(*table.get("address"), "'" + *address + "' is no mail address");
            entry["address"] = *address;
        }
        copy_kind(table, entry);
        copy_flag(table, "reads_gcm", entry);
        copy_certificate(table, entry);
        return entry;
    }

    /// identity is required of an entry that stays; client follows from it when it is left out.
    void copy_kind(const toml::table& table, json& entry)
    {
        copy_flag(table, "removed", entry);
        if (!entry.value("removed", false) && table.get("identity") == nullptr)
            fault(
                table, "identity is missing: office365, microsoft_account, google, yahoo or other");
        copy_word(
            table, "identity", entry, [](std::string_view word) { mail::parse_identity(word); });
        copy_word(table, "client", entry, [](std::string_view word) { mail::parse_client(word); });
    }

    template <class Check>
    void copy_word(const toml::table& table, const char* key, json& entry, Check check)
    {
        copy_text(table, key, entry);
        if (!entry.contains(key))
            return;
        try {
            check(entry[key].template get_ref<const std::string&>());
        } catch (const mail::invalid_event& wrong) {
            fault(*table.get(key), std::string(key) + ": " + wrong.what());
        }
    }

    void copy_certificate(const toml::table& table, json& entry)
    {
        copy_text(table, "certificate", entry);
        if (!entry.contains("certificate") ||
            entry["certificate"].get_ref<const std::string&>().empty())
            return;
        const std::filesystem::path named = entry["certificate"].get<std::string>();
        try {
            const std::string pem = certificates_of(read_whole(file_.parent_path() / named));
            if (pem.empty())
                fault(*table.get("certificate"), named.string() + " holds no certificate in PEM");
            entry["certificate"] = pem;
        } catch (const failure& unreadable) {
            fault(*table.get("certificate"), unreadable.what());
        }
    }

    const std::string* required_text(const toml::table& table, const char* key)
    {
        const toml::node* node = table.get(key);
        if (node == nullptr) {
            fault(table, std::string(key) + " is missing");
            return nullptr;
        }
        return text_of(*node, key);
    }

    const std::string* text_of(const toml::node& node, const char* key)
    {
        const toml::value<std::string>* text = node.as_string();
        if (text == nullptr) {
            fault(node, std::string(key) + " is a text in quotation marks");
            return nullptr;
        }
        return &text->get();
    }

    void copy_text(const toml::table& table, const char* key, json& entry)
    {
        if (const toml::node* node = table.get(key))
            if (const std::string* text = text_of(*node, key))
                entry[key] = *text;
    }

    void copy_flag(const toml::table& table, const char* key, json& entry)
    {
        const toml::node* node = table.get(key);
        if (node == nullptr)
            return;
        const auto flag = node->value_exact<bool>();
        if (flag)
            entry[key] = *flag;
        else
            fault(*node, std::string(key) + " is true or false");
    }

    std::filesystem::path file_;
    std::string faults_;
};

toml::table parse(const std::filesystem::path& file)
{
    const std::string text = read_whole(file);
    try {
        return toml::parse(text, file.string());
    } catch (const toml::parse_error& error) {
        throw failure(
            file.string() + ":" + std::to_string(error.source().begin.line) + ":" +
            std::to_string(error.source().begin.column) + ": " + std::string(error.description()));
    }
}

} // namespace

std::string read_directory_file(const std::filesystem::path& file)
{
    const toml::table document = parse(file);
    directory_reader reader(file);
    const json directory = reader.read(document);
    if (!reader.faults().empty())
        throw failure("nothing was applied, the file has faults:" + reader.faults());
    if (!directory.contains("organisation") && directory["domains"].empty() &&
        directory["recipients"].empty())
        throw failure(
            file.string() +
            " changes nothing: it holds no [organisation], [[domain]] or [[recipient]]");
    return directory.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace cli
