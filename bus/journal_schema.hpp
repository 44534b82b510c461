#pragma once

#include "bus/journal.hpp"
#include "bus/sqlite.hpp"

#include <optional>

namespace bus {

/// Makes the tables in an empty database, with a new random identity; brings one of an older format
/// up to date, and throws damaged for any other. Settings of the connection that commits depend on
/// are made and checked here too.
void prepare_database(database& db);
/// Else prepare_database() would make them.
bool has_tables(database& db);
/// Throws damaged, with the remedy, where the file holds no log: nothing at all, or what another
/// program keeps there.
void check_holds_log(database& db, const std::filesystem::path& file);
log_identity read_identity(database& db);
/// The log that this one was imported from; nullopt: a log of its own.
std::optional<log_identity> read_origin(database& db);
std::int64_t read_page_octets(database& db);
void write_origin(database& db, const log_identity& origin);
/// Of the last event, archived or not; 0: the log is empty.
std::uint64_t last_seq(database& db);
/// The last event, its hash checked unless it is archived.
log_position read_head(database& db);

} // namespace bus
