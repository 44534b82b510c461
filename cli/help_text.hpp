#pragma once

/// What stands below the options in --help: examples, and what an option alone does not say.
namespace cli::help_text {

extern const char* const whole;
extern const char* const up;
extern const char* const demo;
extern const char* const send;
extern const char* const trace;
extern const char* const status;
extern const char* const restore;
extern const char* const revoke;
extern const char* const apply;
extern const char* const events;
extern const char* const events_export;
extern const char* const events_import;
extern const char* const events_tail;
extern const char* const wait;
extern const char* const digest;
extern const char* const verify;
extern const char* const head;
extern const char* const bus_truncate;
extern const char* const bus_compact;
extern const char* const shell;

} // namespace cli::help_text
