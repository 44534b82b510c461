#pragma once

#include "bus/event_batch.hpp"
#include "bus/journal.hpp"
#include "bus/journal_reader.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// A journal on a temporary folder, for the tests of what it keeps.
namespace bus::test {

inline constexpr std::int64_t noon = 1'700'000'000'000;

inline append_request request_of(std::vector<event> events)
{
    append_request batch;
    batch.events = std::move(events);
    return batch;
}

class a_journal : public testing::Test {
protected:
    a_journal() { open(); }

    void open() { log.emplace(folder.files()); }
    void reopen()
    {
        log.reset();
        open();
    }

    append_outcome append(const append_request& batch, std::int64_t now = noon)
    {
        log->begin(now);
        append_outcome outcome = log->append("writer", batch);
        log->commit();
        return outcome;
    }

    void put(const std::string& content, std::vector<std::string> chunks)
    {
        log->begin(noon);
        for (std::uint32_t index = 0; index < chunks.size(); ++index)
            ASSERT_FALSE(log->put("writer", {content, index, chunks[index]}));
        log->commit();
    }

    append_request naming(const std::string& id, const std::string& content, std::uint32_t chunks)
    {
        append_request batch = request_of({make_event(id)});
        batch.contents = {{content, chunks}};
        return batch;
    }

    std::vector<stored_event> read_all()
    {
        event_batch batch{1, {}, 256};
        journal_reader reader{folder.files()};
        reader.read_events(batch);
        const std::string body = batch.take_body();
        octet_reader fields{body};
        std::vector<stored_event> all(fields.u32());
        for (stored_event& fact : all)
            fact = decode_event(fields);
        return all;
    }

    temporary_folder folder;
    std::optional<journal> log;
};

} // namespace bus::test
