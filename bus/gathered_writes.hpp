#pragma once

namespace bus {

/// Name of an SQLite VFS that is the system's own but for three things. What is written to a
/// write-ahead log in pieces, one behind the other, reaches the kernel in one call, at the latest
/// when it is to be synced or read. SQLite writes two pieces a page of it. Others look at it only
/// up to what was synced, so nobody can tell the difference. And the disk begins with a large
/// commit while more of it comes, which its sync then does not wait for. And a log is not begun
/// anew while another connection copies from it, as every process that opens it so heeds.
///
/// A write that fails is told by the call that makes it: the sync, of which SQLite makes a failed
/// commit.
const char* gathered_writes();

} // namespace bus
