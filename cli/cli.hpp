#pragma once

namespace cli {

/// `sealpost`: reads the arguments and runs one command; the exit code.
int run(int argc, char** argv);

} // namespace cli
