#pragma once

namespace bus {

/// Name of an SQLite VFS that is the system's own but for one thing: what is written to a
/// write-ahead log in pieces, one behind the other, reaches the kernel in one call, at the latest
/// when it is to be synced or is read. SQLite writes two pieces a page. Others look at a
/// write-ahead log only up to what was synced, so nobody can tell the difference.
///
/// A write that fails is told by the call that makes it: the sync, of which SQLite makes a failed
/// commit.
const char* gathered_writes();

} // namespace bus
