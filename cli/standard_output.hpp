#pragma once

namespace cli {

/// A standard stream that the starting process closed gets a place of its own, where nothing can
/// be written or read: else the next file or connection would take its number, and get what is
/// printed.
void fill_closed_streams();

/// Throws failure, with the reason, unless all that was printed has left this process: a command
/// whose answer was lost has not done its work.
void finish_standard_output();

} // namespace cli
