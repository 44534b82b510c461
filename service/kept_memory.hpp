#pragma once

namespace service {

/// Lets the process keep memory that it has freed, up to a few MiB, for what it needs next. The C
/// library would give buffers as large as a packet of the bus back to the system one by one, and
/// the system clear each anew. At the start, before there are threads.
void keep_freed_memory();

} // namespace service
