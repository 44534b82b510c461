#pragma once

#include "bus/journal.hpp"
#include "bus/sqlite.hpp"

namespace bus {

/// Makes the tables in an empty database, with a new random identity; checks the format of another
/// one (damaged). Settings of the connection that commits depend on are made and checked here too.
void prepare_database(database& db);
log_identity read_identity(database& db);
/// The last event, its hash checked.
log_position read_head(database& db);

} // namespace bus
