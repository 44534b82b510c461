#include "bus/content_store.hpp"

namespace bus {
namespace {

/// Chunks of one content lie side by side: place = number * span + index.
constexpr std::int64_t span = limit::chunks;

std::vector<std::int64_t> numbers_of(rows row)
{
    std::vector<std::int64_t> numbers;
    while (row.next())
        numbers.push_back(row.integer(0));
    return numbers;
}

} // namespace

content_store::content_store(database& db)
    : find_(db, "SELECT number, role, chunks, named FROM contents WHERE content = ?"),
      begin_(
          db,
          "INSERT INTO contents (content, role, chunks, touched, named) VALUES (?, ?, 0, ?, 0) "
          "RETURNING number"),
      insert_chunk_(db, "INSERT INTO chunks (place, octets) VALUES (?, ?)"),
      extend_(db, "UPDATE contents SET chunks = ?, touched = ? WHERE number = ?"),
      name_(db, "UPDATE contents SET named = ? WHERE content = ? AND named = 0"),
      drop_chunks_(db, "DELETE FROM chunks WHERE place >= ? AND place < ?"),
      drop_content_(db, "DELETE FROM contents WHERE number = ?"),
      drop_unnamed_content_(
          db, "DELETE FROM contents WHERE number = ? AND named = 0 RETURNING number"),
      unnamed_(db, "SELECT number FROM contents WHERE named = 0 AND touched < ?"),
      named_after_(db, "SELECT number FROM contents WHERE named > ?")
{}

std::optional<content_store::entry> content_store::look_up(std::string_view content)
{
    rows row = find_.open(content);
    if (!row.next())
        return std::nullopt;
    entry found;
    found.number = row.integer(0);
    found.known.role = row.octets(1);
    found.known.chunks = static_cast<std::uint32_t>(row.integer(2));
    found.known.named = row.integer(3) != 0;
    return found;
}

std::optional<stored_facts::known_content> content_store::find(std::string_view content)
{
    const auto found = look_up(content);
    return found ? std::optional{found->known} : std::nullopt;
}

std::optional<refusal> content_store::put(
    std::string_view role, const put_request& chunk, std::int64_t now)
{
    if (chunk.content.empty() || chunk.octets.empty() || chunk.index >= limit::chunks)
        return refusal{wire_error::invalid, "a chunk has a content id and 1 to 131072 octets"};
    auto found = look_up(chunk.content);
    if (!found) {
        if (chunk.index != 0)
            return refusal{wire_error::invalid, "content " + chunk.content + " has no chunk 0"};
        rows row = begin_.open(std::string_view{chunk.content}, role, now);
        row.next();
        found = entry{row.integer(0), {std::string{role}, 0, false}};
        row.next(); // only then is it done
    }
    if (found->known.named || found->known.role != role)
        return refusal{wire_error::conflict, "content " + chunk.content + " exists"};
    if (chunk.index != found->known.chunks)
        return refusal{
            wire_error::invalid,
            "content " + chunk.content + ": chunk " + std::to_string(found->known.chunks) +
                " is next, not " + std::to_string(chunk.index)};
    insert_chunk_.run(found->number * span + chunk.index, blob{chunk.octets});
    extend_.run(std::int64_t{chunk.index} + 1, now, found->number);
    return std::nullopt;
}

void content_store::mark_named(std::string_view content, std::uint64_t seq)
{
    name_.run(static_cast<std::int64_t>(seq), content);
}

std::optional<refusal> content_store::discard(std::string_view role, std::string_view content)
{
    const auto found = look_up(content);
    if (!found)
        return std::nullopt;
    if (found->known.named || found->known.role != role)
        return refusal{
            wire_error::conflict, "content " + std::string{content} + " is not yours to discard"};
    drop(found->number);
    return std::nullopt;
}

std::uint64_t content_store::drop_unnamed(std::int64_t before)
{
    const std::vector<std::int64_t> numbers = numbers_of(unnamed_.open(before));
    for (const std::int64_t number : numbers) {
        // Asked of the table, too: an index may be damaged.
        if (!drop_unnamed_content_.open(number).next())
            throw damaged(
                std::string("the index of unnamed contents is damaged: ") + restore_database);
        drop_chunks_.run(number * span, (number + 1) * span);
    }
    return numbers.size();
}

std::uint64_t content_store::drop_named_after(std::uint64_t seq)
{
    return drop_all(numbers_of(named_after_.open(static_cast<std::int64_t>(seq))));
}

std::uint64_t content_store::drop_all(const std::vector<std::int64_t>& numbers)
{
    for (const std::int64_t number : numbers)
        drop(number);
    return numbers.size();
}

void content_store::drop(std::int64_t number)
{
    drop_chunks_.run(number * span, (number + 1) * span);
    drop_content_.run(number);
}

content_reader::content_reader(database& db)
    : find_(
          db,
          "SELECT octets FROM contents JOIN chunks ON place = number * 1048576 + ?2 "
          "WHERE content = ?1 AND ?2 < chunks")
{
    static_assert(limit::chunks == 1048576);
}

std::optional<std::string> content_reader::chunk(std::string_view content, std::uint32_t index)
{
    rows row = find_.open(content, std::int64_t{index});
    if (!row.next())
        return std::nullopt;
    return std::string{row.octets(0)};
}

} // namespace bus
