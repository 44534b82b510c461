#include "bus/disk_error.hpp"
#include "bus/journal.hpp"
#include "bus/journal_reader.hpp"
#include "bus/sqlite.hpp"
#include "cli/event_line.hpp"
#include "cli/event_lines.hpp"
#include "cli/failure.hpp"
#include "cli/head.hpp"
#include "cli/key_files.hpp"
#include "cli/signed_head.hpp"
#include "cli/verify.hpp"
#include "mail/event_json.hpp"
#include "tests/cli/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace {

constexpr int count = 5;

/// A state directory with keys and a stopped bus's log.
class a_log_on_disk : public testing::Test {
protected:
    a_log_on_disk()
    {
        state_.create();
        cli::make_keys(state_);
        bus::journal log{{state_.database(), state_.slab()}};
        for (int number = 1; number <= count; ++number)
            append(log, "event-" + std::to_string(number));
    }

    void append(bus::journal& log, const std::string& id)
    {
        bus::append_request batch;
        batch.events.emplace_back();
        batch.events[0].id = id;
        batch.events[0].type = "sealpost.test";
        batch.events[0].payload =
            mail::to_json({{id}, "/test", mail::unknown_event{"sealpost.test"}});
        log.begin(1'700'000'000'000);
        log.append("writer", batch);
        for (const bus::stored_event& stored : log.commit())
            lines_ += cli::event_line(stored) + "\n";
    }

    void change(const char* sql)
    {
        bus::database db{state_.database(), bus::database::access::write};
        db.execute(sql);
    }

    void forget_acknowledged()
    {
        std::filesystem::path file = state_.database();
        std::filesystem::remove(file += ".head");
    }

    struct said {
        int code;
        nlohmann::json line;
    };
    said verify(cli::verify_options options = {})
    {
        options.json = true;
        testing::internal::CaptureStdout();
        try {
            const int code = cli::verify(state_.root(), options);
            return {code, nlohmann::json::parse(testing::internal::GetCapturedStdout())};
        } catch (const cli::failure&) {
            testing::internal::GetCapturedStdout();
            throw;
        }
    }

    cli::verify_options with_signed_head()
    {
        testing::internal::CaptureStdout();
        cli::head(state_.root(), {.sign = true});
        return with_head(testing::internal::GetCapturedStdout());
    }
    cli::verify_options with_head(const std::string& text)
    {
        cli::verify_options options;
        options.head = folder_.path() / "head.json";
        std::ofstream{options.head} << text;
        return options;
    }
    cli::verify_options of_lines(const std::string& lines)
    {
        cli::verify_options options;
        options.file = folder_.path() / "log.ndjson";
        std::ofstream{options.file, std::ios::binary} << lines;
        return options;
    }

    cli_test::temporary_folder folder_;
    cli::state_directory state_{folder_.path() / "state"};
    std::string lines_;
};

TEST_F(a_log_on_disk, is_right_as_it_was_written)
{
    const said right = verify();
    EXPECT_EQ(right.code, 0);
    EXPECT_EQ(right.line["right"], count);
    EXPECT_TRUE(right.line["fault"].is_null());
}

TEST_F(a_log_on_disk, that_was_changed_is_wrong_at_that_event)
{
    change("UPDATE events SET payload = x'7b7d' WHERE seq = 3");
    const said wrong = verify();
    EXPECT_EQ(wrong.code, 1);
    EXPECT_EQ(wrong.line["right"], 2);
    EXPECT_EQ(wrong.line["fault"]["seq"], 3);
}

TEST_F(a_log_on_disk, misses_the_keys_of_a_slab_that_was_lost)
{
    {
        bus::journal log{{state_.database(), state_.slab()}};
        bus::put_request chunk;
        chunk.content = "content";
        chunk.octets = "sealed";
        log.begin(1'700'000'000'000);
        log.put("writer", chunk);
        log.commit();
        bus::append_request batch;
        const mail::event fact{{"event-6"}, "/test", mail::unknown_event{"sealpost.test"}};
        batch.events = {{"event-6", "sealpost.test", mail::to_json(fact)}};
        batch.contents = {{"content", 1}};
        batch.slots = {{"content", "link/alice", "sealed"}, {"content", "link/bob", "sealed"}};
        log.begin(1'700'000'000'000);
        ASSERT_FALSE(log.append("writer", batch).refused);
        log.commit();
    }
    EXPECT_EQ(verify().code, 0);
    std::filesystem::remove(state_.slab());
    const said lost = verify();
    EXPECT_EQ(lost.code, 1);
    ASSERT_EQ(lost.line["breaches"].size(), 1U);
    EXPECT_EQ(lost.line["breaches"][0]["seq"], 6);
    EXPECT_EQ(
        lost.line["breaches"][0]["reason"],
        state_.slab().string() + " was lost or cut off, and with it the keys of 2 key slots, this "
                                 "one's and later ones");
    cli::verify_options a_copy;
    a_copy.file = state_.database();
    EXPECT_EQ(verify(a_copy).code, 0) << "nobody knows where its slab is";
}

TEST_F(a_log_on_disk, that_is_not_there_is_an_error_with_the_remedy)
{
    try {
        cli::verify(folder_.path() / "elsewhere", {});
        FAIL();
    } catch (const cli::failure& error) {
        EXPECT_NE(std::string(error.what()).find("--state"), std::string::npos);
    }
}

TEST_F(a_log_on_disk, that_is_none_is_called_so)
{
    const auto refusal = [this](const std::filesystem::path& file) {
        cli::verify_options options;
        options.file = file;
        try {
            verify(options);
        } catch (const std::exception& error) {
            testing::internal::GetCapturedStdout();
            return std::string(error.what());
        }
        return std::string();
    };
    const std::filesystem::path empty = folder_.path() / "empty";
    std::ofstream(empty).flush();
    const std::filesystem::path other = folder_.path() / "other";
    bus::database{other, bus::database::access::write}.execute("CREATE TABLE cats (name)");
    EXPECT_EQ(
        refusal(empty),
        empty.string() + " is empty, and no log: name a journal.db, or restore it from a backup");
    EXPECT_NE(refusal(other).find("is another program's database"), std::string::npos);
    EXPECT_THROW(bus::read_log_head(empty), bus::damaged);
    EXPECT_EQ(std::filesystem::file_size(empty), 0u);
}

TEST_F(a_log_on_disk, names_the_head_that_is_none)
{
    const auto refusal = [this](const cli::verify_options& options) {
        try {
            verify(options);
        } catch (const cli::failure& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    cli::verify_options options = with_head("no head");
    EXPECT_EQ(
        refusal(options),
        options.head.string() +
            ": the head is not what `sealpost head --sign` prints; make one with that");
    options.head = folder_.path();
    EXPECT_EQ(refusal(options), "cannot read " + folder_.path().string() + ": it is a directory");
}

TEST_F(a_log_on_disk, holds_its_signed_head_also_when_it_has_grown)
{
    const cli::verify_options options = with_signed_head();
    EXPECT_EQ(verify(options).line["head"], "held");
    {
        bus::journal log{{state_.database(), state_.slab()}};
        append(log, "event-6");
    }
    const said grown = verify(options);
    EXPECT_EQ(grown.code, 0);
    EXPECT_EQ(grown.line["right"], count + 1);
}

TEST_F(a_log_on_disk, that_was_cut_no_longer_holds_its_signed_head)
{
    const cli::verify_options options = with_signed_head();
    change("DELETE FROM events WHERE seq = 5");
    EXPECT_EQ(verify().code, 1) << "it had been acknowledged";
    forget_acknowledged();
    EXPECT_EQ(verify().code, 0) << "without any head nobody can tell";
    const said cut = verify(options);
    EXPECT_EQ(cut.code, 1);
    EXPECT_NE(cut.line["head"].get<std::string>().find("was cut"), std::string::npos);
}

TEST_F(a_log_on_disk, that_was_written_anew_no_longer_holds_its_signed_head)
{
    const cli::verify_options options = with_signed_head();
    change("DELETE FROM events WHERE seq >= 4");
    forget_acknowledged();
    {
        bus::journal log{{state_.database(), state_.slab()}};
        append(log, "forged-4");
        append(log, "forged-5");
    }
    EXPECT_EQ(verify().code, 0) << "without the head nobody can tell";
    const said forged = verify(options);
    EXPECT_EQ(forged.code, 1);
    EXPECT_NE(forged.line["head"].get<std::string>().find("written anew"), std::string::npos);
}

TEST_F(a_log_on_disk, of_another_id_is_not_the_head_s)
{
    cli::verify_options options = with_signed_head();
    change("UPDATE properties SET value = zeroblob(16) WHERE name = 'log id'");
    EXPECT_EQ(verify(options).code, 1);
}

TEST_F(a_log_on_disk, takes_no_head_that_was_changed_or_is_not_signed)
{
    const cli::verify_options options = with_signed_head();
    std::ifstream stream(options.head);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const cli::log_end right = cli::parse_log_end(text);
    EXPECT_NO_THROW(cli::check_signature(right, state_.head_public()));
    std::vector<cli::log_end> wrong(5, right);
    wrong[0].seq -= 1;
    wrong[1].time += 1;
    wrong[2].hash[0] = wrong[2].hash[0] == '0' ? '1' : '0';
    wrong[3].log[0] = wrong[3].log[0] == '0' ? '1' : '0';
    wrong[4].signature.clear();
    for (const cli::log_end& end : wrong)
        EXPECT_THROW(cli::check_signature(end, state_.head_public()), cli::failure);
    for (const char* no_head : {"", "[]", "{}", "{\"log\":1}", "{\"log\":\"\xff\"}"})
        EXPECT_THROW(verify(with_head(no_head)), cli::failure) << no_head;
}

TEST_F(a_log_on_disk, takes_no_head_that_another_key_signed)
{
    cli::verify_options options = with_signed_head();
    options.key = folder_.path() / "other.public";
    std::ofstream{options.key} << cli::make_signing_pair().public_key << "\n";
    EXPECT_THROW(verify(options), cli::failure);
    std::ofstream{options.key} << "no key\n";
    EXPECT_THROW(verify(options), cli::failure);
}

TEST_F(a_log_on_disk, is_right_as_lines_of_events_too)
{
    const said right = verify(of_lines(lines_));
    EXPECT_EQ(right.code, 0);
    EXPECT_EQ(right.line["right"], count);
    EXPECT_EQ(right.line["hash"], verify().line["hash"]);
}

TEST_F(a_log_on_disk, has_no_bit_in_its_lines_that_can_be_flipped_unseen_against_a_head)
{
    const cli::log_end end = cli::log_end_of(bus::read_log_head(state_.database()));
    for (std::size_t bit = 0; bit < lines_.size() * 8; ++bit) {
        std::string changed = lines_;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        const bus::checked_log checked = cli::check_event_lines(
            of_lines(changed).file, [](const bus::stored_event&, std::uint64_t) {});
        const bool same = !checked.fault && checked.right.seq == end.seq &&
                          cli::hexadecimal(checked.right.own) == end.hash;
        EXPECT_FALSE(same) << "bit " << bit;
    }
}

TEST_F(a_log_on_disk, is_wrong_as_lines_that_miss_one_or_are_none)
{
    std::string missing = lines_;
    const std::size_t first = missing.find('\n') + 1;
    missing.erase(first, missing.find('\n', first) + 1 - first);
    EXPECT_EQ(verify(of_lines(missing)).line["fault"]["seq"], 2);
    EXPECT_EQ(verify(of_lines("{}\n")).line["fault"]["seq"], 1);
    EXPECT_EQ(verify(of_lines("{" + std::string(9U << 20U, 'x'))).line["fault"]["seq"], 1);
    std::string changed = lines_;
    changed.replace(changed.find("event-2"), 7, "event-x");
    EXPECT_EQ(verify(of_lines(changed)).line["fault"]["seq"], 2);
}

} // namespace
