#include "bus/journal_migration.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace bus {
namespace {

using content_numbers = std::map<std::string, std::int64_t, std::less<>>;

content_numbers named_contents(database& db)
{
    content_numbers numbers;
    statement every{db, "SELECT content, number FROM contents WHERE named != 0"};
    for (rows row = every.open(); row.next();)
        numbers.emplace(row.octets(0), row.integer(1));
    return numbers;
}

/// Each text of a JSON document, and what stands between them.
template <class Visitor>
void for_each_text(std::string_view payload, Visitor visit)
{
    for (std::size_t end = payload.find('"'); end != std::string_view::npos;
         end = payload.find('"')) {
        visit(payload.substr(0, end));
        payload.remove_prefix(end + 1);
    }
}

} // namespace

void migrate_from_format_1(database& db)
{
    db.execute("ALTER TABLE slots ADD COLUMN named INTEGER NOT NULL DEFAULT 1");
    content_numbers sought = named_contents(db);
    statement note{db, "UPDATE contents SET named = ? WHERE number = ?"};
    statement every{db, "SELECT seq, payload FROM events ORDER BY seq"};
    for (rows row = every.open(); !sought.empty() && row.next();) {
        const std::int64_t seq = row.integer(0);
        for_each_text(row.octets(1), [&](std::string_view text) {
            const auto found = sought.find(text);
            if (found == sought.end())
                return;
            note.run(seq, found->second);
            sought.erase(found);
        });
    }
    db.execute("UPDATE slots SET named = coalesce("
               "(SELECT named FROM contents WHERE contents.content = slots.content), 1)");
    db.execute("UPDATE properties SET value = 2 WHERE name = 'format'");
}

} // namespace bus
