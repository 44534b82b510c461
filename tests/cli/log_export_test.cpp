#include "bus/journal.hpp"
#include "cli/event_line.hpp"
#include "cli/failure.hpp"
#include "cli/log_export.hpp"
#include "cli/log_import.hpp"
#include "encryptor/secret.hpp"
#include "stored_story.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace {

const std::string log_id = "3f2a9c0d5e7b41868d0c9b7a6e5f4d3c";

std::string exported(
    const std::vector<bus::stored_event>& log,
    const cli::event_selection& wanted = {},
    bool redact = false)
{
    std::string text;
    cli::log_export made(log_id, wanted, redact, [&text](std::string_view more) { text += more; });
    for (const bus::stored_event& event : log)
        made.add(event);
    made.finish();
    return text;
}

std::vector<std::string> lines_of(const std::string& text)
{
    std::istringstream from(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(from, line);)
        lines.push_back(line);
    return lines;
}

std::string joined(const std::vector<std::string>& lines)
{
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return text;
}

class an_export : public testing::Test {
protected:
    an_export() { encryptor::start_cryptography(); }

    /// What the import says of the text; the log must be empty and unmarked after a refusal.
    static std::string imported(const std::string& text)
    {
        return imported_into(cli_test::temporary_folder{}, text);
    }
    /// Can be called again with the same folder until it says "taken".
    static std::string imported_into(
        const cli_test::temporary_folder& folder, const std::string& text)
    {
        const bus::journal_files files{folder.path() / "journal.db", folder.path() / "slab"};
        try {
            bus::journal log(files);
            std::istringstream lines(text);
            cli::import_log(lines, log, [](std::uint64_t) {});
            return "taken";
        } catch (const cli::failure& wrong) {
            const bus::journal after(files);
            EXPECT_EQ(after.head().seq, 0u) << wrong.what();
            EXPECT_FALSE(after.origin()) << wrong.what();
            return wrong.what();
        }
    }

    std::vector<bus::stored_event> log_ = cli_test::stored(cli_test::eventful_story());
    std::string text_ = exported(log_);
};

TEST_F(an_export, is_json_line_by_line_with_a_beginning_and_an_end)
{
    const auto lines = lines_of(text_);
    ASSERT_EQ(lines.size(), log_.size() + 2);
    const auto first = nlohmann::json::parse(lines.front());
    EXPECT_EQ(first["export"], "sealpost log");
    EXPECT_EQ(first["log"], log_id);
    EXPECT_EQ(first["whole"], true);
    EXPECT_EQ(first["redacted"], false);
    EXPECT_EQ(first["chain"], "original");
    for (std::size_t at = 0; at < log_.size(); ++at)
        EXPECT_EQ(lines[at + 1], cli::event_line(log_[at]));
    const auto last = nlohmann::json::parse(lines.back());
    EXPECT_EQ(last["end"]["events"], log_.size());
    EXPECT_EQ(last["end"]["seq"], log_.back().seq);
    EXPECT_EQ(last["end"]["hash"], cli::hexadecimal(log_.back().own));
}

TEST_F(an_export, becomes_the_same_chain_in_another_log)
{
    const cli_test::temporary_folder folder;
    const bus::journal_files files{folder.path() / "journal.db", folder.path() / "slab"};
    {
        bus::journal log(files);
        std::istringstream lines(text_);
        std::uint64_t octets = 0;
        const cli::imported_log taken =
            cli::import_log(lines, log, [&octets](std::uint64_t read) { octets = read; });
        EXPECT_EQ(taken.end.events, log_.size());
        EXPECT_EQ(octets, text_.size());
    }
    std::error_code none;
    const auto waiting = std::filesystem::file_size(folder.path() / "journal.db-wal", none);
    EXPECT_TRUE(none || waiting == 0) << "the database alone holds the log";
    bus::journal log(files);
    EXPECT_EQ(log.head().seq, log_.back().seq);
    EXPECT_EQ(log.head().time, log_.back().time);
    EXPECT_EQ(log.head().own, log_.back().own);
    ASSERT_TRUE(log.origin());
    EXPECT_EQ((*log.origin())[0], 0x3f);
    std::istringstream again(text_);
    EXPECT_THROW(cli::import_log(again, log, [](std::uint64_t) {}), cli::failure);
}

TEST_F(an_export, of_an_empty_log_is_one_too)
{
    EXPECT_EQ(imported(exported({})), "taken");
}

TEST_F(an_export, that_was_cut_off_anywhere_is_noticed)
{
    const auto lines = lines_of(text_);
    for (std::size_t kept = 0; kept < lines.size(); ++kept) {
        const std::vector<std::string> some(
            lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(kept));
        const std::string said = imported(joined(some));
        EXPECT_NE(said.find("line " + std::to_string(kept + 1) + " "), std::string::npos) << said;
        EXPECT_NE(said.find("cut off"), std::string::npos) << said;
    }
    EXPECT_NE(imported(text_.substr(0, text_.size() - 1)).find("cut off"), std::string::npos);
}

TEST_F(an_export, with_a_line_missing_doubled_or_exchanged_is_refused)
{
    const auto lines = lines_of(text_);
    for (std::size_t at = 1; at + 1 < lines.size(); ++at) {
        auto without = lines;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(at));
        EXPECT_NE(imported(joined(without)), "taken") << at;
        auto twice = lines;
        twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(at), lines[at]);
        EXPECT_NE(imported(joined(twice)), "taken") << at;
    }
    auto exchanged = lines;
    std::swap(exchanged[3], exchanged[4]);
    EXPECT_NE(imported(joined(exchanged)).find("line 4 "), std::string::npos);
}

TEST_F(an_export, of_which_any_octet_was_changed_is_refused)
{
    const cli_test::temporary_folder folder;        // one for all: a disk takes long to make a log
    const std::size_t start = text_.find('\n') + 1; // the first line is not under the chain
    for (std::size_t at = start; at < text_.size(); at += 7) {
        std::string changed = text_;
        changed[at] = changed[at] == '1' ? '2' : '1';
        const std::string said = imported_into(folder, changed);
        EXPECT_TRUE(said.starts_with("line ")) << at << ": " << said;
    }
}

TEST_F(an_export, of_a_part_says_so_and_cannot_be_imported)
{
    cli::event_selection reads;
    reads.types = {"access.attempted"};
    const std::string part = exported(log_, reads);
    EXPECT_EQ(nlohmann::json::parse(lines_of(part).front())["whole"], false);
    EXPECT_NE(imported(part).find("line 1 says that events were left out"), std::string::npos);
    cli::event_selection later;
    later.from = cli::log_moment::parse("2");
    EXPECT_NE(imported(exported(log_, later)), "taken");
}

TEST_F(an_export, of_a_beginning_is_whole_as_far_as_it_goes)
{
    cli::event_selection beginning;
    beginning.through = cli::log_moment::parse("5");
    const std::string text = exported(log_, beginning);
    EXPECT_EQ(lines_of(text).size(), 7u);
    EXPECT_EQ(imported(text), "taken");
}

TEST_F(an_export, hostile_or_of_something_else_is_refused_by_line)
{
    const auto lines = lines_of(text_);
    const auto with_first = [&](const std::string& first) {
        auto changed = lines;
        changed.front() = first;
        return imported(joined(changed));
    };
    for (const char* first :
         {"",
          "[]",
          "no json",
          R"({"export":"something else","format":1,"log":"","whole":true,"redacted":false})",
          R"({"export":"sealpost log","format":2,"log":"","whole":true,"redacted":false})",
          R"({"export":"sealpost log","format":1,"log":"","whole":true,"redacted":false})",
          R"({"export":"sealpost log","format":1,"log":7,"whole":true,"redacted":false})",
          R"({"export":"sealpost log","format":1})"})
        EXPECT_TRUE(with_first(first).starts_with("line 1 ")) << first;
    EXPECT_NE(imported(text_ + lines.back() + "\n").find("behind the end"), std::string::npos);
    EXPECT_NE(
        imported(lines[0] + "\n" + std::string(3'000'000, 'x') + "\n").find("longer"),
        std::string::npos);
    auto no_end = lines;
    no_end.back() = R"({"end":{"events":1}})";
    EXPECT_TRUE(imported(joined(no_end)).starts_with("line " + std::to_string(lines.size())));
}

TEST_F(an_export, redacted_is_a_chain_of_its_own_that_can_be_imported)
{
    const std::string redacted = exported(log_, {}, true);
    const auto first = nlohmann::json::parse(lines_of(redacted).front());
    EXPECT_EQ(first["redacted"], true);
    EXPECT_EQ(first["chain"], "new");
    EXPECT_NE(first["log"], log_id);
    EXPECT_EQ(lines_of(redacted).size(), lines_of(text_).size());
    EXPECT_EQ(imported(redacted), "taken");
}

TEST_F(an_export, redacted_and_in_part_shows_what_the_whole_one_would)
{
    cli::event_selection one;
    one.message = "<1@example.com>";
    const auto shown = lines_of(exported(log_, one));
    const auto redacted = lines_of(exported(log_, one, true));
    ASSERT_EQ(redacted.size(), shown.size());
    ASSERT_GT(shown.size(), 10u);
    for (std::size_t at = 1; at + 1 < shown.size(); ++at)
        EXPECT_EQ(
            nlohmann::json::parse(redacted[at])["seq"], nlohmann::json::parse(shown[at])["seq"]);
}

TEST_F(an_export, redacted_keeps_the_place_of_what_cannot_be_read)
{
    bus::stored_event strange = log_.back();
    strange.seq = 1;
    strange.prev = {};
    strange.payload = "canary that is no event";
    const std::string redacted = exported({strange}, {}, true);
    EXPECT_EQ(redacted.find("canary"), std::string::npos) << redacted;
    EXPECT_EQ(imported(redacted), "taken");
}

} // namespace
