#include "cli/help_text.hpp"

namespace cli::help_text {

const char* const whole =
    R"(Exit codes: 0 done, 1 failed or refused, 2 wrong arguments, 3 nothing runs on that state directory.
sealpost COMMAND --help tells more, with examples.)";

const char* const up =
    R"(It stops everything at Ctrl-C, SIGTERM, or when the process that started it ends.

Examples:
  sealpost up
  sealpost up --ephemeral --json
  sealpost --state /tmp/post up --portals 2
  sealpost up --no-mailboxes --next-hop 127.0.0.1:25)";

const char* const demo =
    R"(Without --state it starts a pipeline of its own on free ports, and removes it at the end; with --state it
plays on the one that runs there, or starts it.

Examples:
  sealpost demo
  sealpost demo --once
  sealpost --state /tmp/post demo)";

const char* const send =
    R"(Without --subject, --text, --html, --attach and --raw a whole mail is read from standard input.
Prints the gateway's reply: a line for each recipient says link or inline, and why.

Examples:
  sealpost send --from me@contoso.com --to carol@gmail.com --subject Figures --text 'Here they are.'
  sealpost send --from me@contoso.com --to bob@outlook.com dave@example.org --text Hi --attach plan.pdf
  sealpost send --from me@contoso.com --to carol@gmail.com < mail.eml)";

const char* const trace = R"(Examples:
  sealpost trace
  sealpost trace --recipient carol@gmail.com
  sealpost trace '<4f1d…@contoso.com>')";

const char* const status = R"(Examples:
  sealpost status '<4f1d…@contoso.com>'
  sealpost status 0193a8… --json
  sealpost status 0193a8… --at 120
  sealpost status 0193a8… --at 2026-11-20T09:05:00Z)";

const char* const restore = R"(Examples:
  sealpost restore '<4f1d…@contoso.com>' --reason 'they were right')";

const char* const revoke = R"(Examples:
  sealpost revoke '<4f1d…@contoso.com>' --reason 'wrong figures' --note 'A new mail follows.'
  sealpost revoke 0193a8… --recipient carol@gmail.com --json)";

const char* const apply = R"(Examples:
  sealpost apply directory.toml
  sealpost apply directory.toml --check)";

const char* const events =
    R"(Each line: {"seq", "time", "prev", "event": the CloudEvent as it stands in the log}. A TIME is one of RFC 3339.

Examples:
  sealpost events --follow
  sealpost events --type message.revoked --type revocation.enforced
  sealpost events --from 2026-11-20T09:00:00Z --through 2026-11-20T10:00:00Z
  sealpost events --message '<4f1d…@contoso.com>' | jq .event.type)";

const char* const events_export =
    R"(A line that says what follows, a line an event as `events` prints it, a line that says where it ends.
With --redact the file can go into a bug report: it replays to the same decisions, and its chain is a new one.

Examples:
  sealpost events export --output log.ndjson
  sealpost events export --redact --output bug.ndjson
  sealpost events export --through 120 --output before.ndjson
  sealpost events export | jq -r 'select(.event) | .event.type' | sort | uniq -c)";

const char* const events_import =
    R"(Only into an empty log, and only a whole one; nothing may run on the state directory. The events keep seq, time
and hash. Whatever runs on such a log follows it: no mail is taken or sent, nothing is disclosed or changed.

Examples:
  sealpost --state /tmp/replay events import log.ndjson && sealpost --state /tmp/replay up
  sealpost events export | sealpost --state /tmp/replay events import -)";

const char* const events_tail =
    R"(Each line: seq, time, type, message, who, and what came of it as the ledger rules.

Examples:
  sealpost events tail
  sealpost events tail -f
  sealpost events tail -f --type access.attempted --color always | grep --line-buffered revoked
  sealpost events tail -n 100 --message '<4f1d…@contoso.com>')";

const char* const wait = R"(Predicates (ID is a network message id or a Message-ID):
  delivered to ADDR [of ID]   a copy was handed to the recipient's mail system
  accepted from ADDR          the gateway answered 250 to a mail of that sender
  read by ADDR [of ID]        a link reader was shown the message
  in force [of ID]            a revoke is in force, and nothing was revoked or restored since
  passcode for ADDR           prints the code of the newest passcode mail
  link for ADDR [of ID]       prints the address that the wrapper's button leads to
  applied through SEQ         every process has applied the log through that event

Examples:
  sealpost wait 'delivered to bob@outlook.com' --timeout 10
  code=$(sealpost wait 'passcode for carol@gmail.com'))";

const char* const digest =
    R"(Replays the whole log and compares the digest of that state with each process's. Exit code 1 when they
differ, or do not reach the same event in time.

Examples:
  sealpost digest
  sealpost digest --json)";

const char* const verify =
    R"(FILE is a journal.db or a copy of one, an export, or the lines that `sealpost events` printed from event 1 on.
Prints how many events are right, or the first that is not and why, and which event breaks a promise; then the exit
code is 1. Reads only; a bus may run.

Examples:
  sealpost verify
  sealpost verify backup/journal.db --head head.json --key head.public
  sealpost events export --output log.ndjson && sealpost verify log.ndjson)";

const char* const head =
    R"(With --sign a line of JSON, signed with keys/head.secret. Keep it away from this machine: a log that was cut
or written anew since does not hold that event (`sealpost verify --head`).

Examples:
  sealpost head
  sealpost head --sign > head.json)";

const char* const bus_truncate =
    R"(The way out of a log whose end is damaged or lost, when there is no backup: what stands behind event SEQ is
removed, with the contents and key slots that came with it, also where no event is left to remove. Every event up to
SEQ must be right. Refused while a bus or `up` runs there. What is removed is kept in a file beside the log.

Examples:
  sealpost bus truncate --after 1041
  sealpost bus truncate --after 1041 --confirm)";

const char* const bus_compact =
    R"(Moves the oldest events out of the journal into segments, files in journal.db.archive beside it. Nothing else
changes: the log has the same events and hashes, a bus replays it from event 1 on, `verify` checks all of it. The
archive belongs to the log: back it up with the journal, and never remove a file of it. A segment is on disk and
was read back before its events leave the journal; whatever interrupts this, run it again. Refused while a bus or
`up` runs there. A TIME is one of RFC 3339.

Examples:
  sealpost bus compact --keep-events 100000
  sealpost bus compact --before 50001 --dry-run
  sealpost bus compact --before $(date -ud '30 days ago' +%FT%TZ) --json)";

const char* const shell =
    R"(Set-OMEMessageRevocation -Revoke $true|$false -MessageId "<…>" [-Verbose]
Get-OMEMessageStatus -MessageId "<…>" [| fl [PROPERTY, …]] [| ft -a [PROPERTY, …]]

Examples:
  sealpost shell
  sealpost shell -c 'Set-OMEMessageRevocation -Revoke $true -MessageId "<4f1d…@contoso.com>"'
  sealpost shell -c 'Get-OMEMessageStatus -MessageId "<4f1d…@contoso.com>" | fl Revoked')";

} // namespace cli::help_text
