"""Who may do what on the bus: what the documents say, and what a bus really lets each role do."""

import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/durability"))
from bus_load import Refused  # noqa: E402
from running_bus import BIN, Bus, RunningBus  # noqa: E402,F401
import zmq  # noqa: E402

PREFIXES = ("link", "gateway", "portal")  # of slots; nobody has any of the last
ROLES = ("gateway", "portal", "revocation", "operator")

# docs/cryptography.md: contents are the gateway's and the portal's; a link slot is for the portal, a
# gateway slot for the gateway.
CONTENTS = {"get", "put", "discard", "name a content"}
BESIDE_EVENTS = {
    "gateway": CONTENTS | {"write link", "write gateway", "read gateway", "erase gateway"},
    "portal": CONTENTS | {"read link", "write gateway"},
    "revocation": set(),
    "operator": set(),
}


def documented_types():
    """{event type: role that it is from} of docs/events.md."""
    text = (ROOT / "docs/events.md").read_text()
    return dict(re.findall(r"^### `(sealpost\.[a-z.]+)`\n\nFrom the ([a-z]+)\.", text, re.MULTILINE))


def documented_rights():
    rights = {role: set(BESIDE_EVENTS[role]) for role in ROLES}
    for kind, role in documented_types().items():
        if role in rights:
            rights[role].add("append " + kind)
    return rights


def ways(bus, kinds):
    """{right: a try to use it}. A try that is let through finds nothing there, or is malformed: it changes nothing."""
    nothing = "no-such-content"
    tries = {"append " + kind: lambda kind=kind: bus.append([("", kind, b"{}")]) for kind in kinds}
    tries |= {
        "get": lambda: bus.get(nothing, 0),
        "put": lambda: bus.put(nothing, 7, b"chunk 7 of a content without chunk 0"),
        "discard": lambda: bus.discard(nothing),
        "name a content": lambda: bus.append([], [(nothing, 1)]),
    }
    for prefix in PREFIXES:
        name = prefix + "/somebody@example.org"
        tries["read " + prefix] = lambda name=name: bus.slot_get(nothing, name)
        tries["erase " + prefix] = lambda name=name: bus.slot_erase(nothing, [name])
        tries["write " + prefix] = lambda name=name: bus.append([], [], [(nothing, name, b"sealed")])
    return tries


def is_refused(attempt):
    try:
        attempt()
    except Refused as refusal:
        return refusal.name == "refused"
    return False


def found_rights(connect, kinds):
    """({role: rights it was found to have}, how many tries were refused)."""
    rights, refusals = {}, 0
    for role in ROLES:
        with connect(role) as bus:
            bus.hello()
            tries = ways(bus, kinds)
            rights[role] = {right for right, attempt in tries.items() if not is_refused(attempt)}
            refusals += len(tries) - len(rights[role])
    return rights, refusals


def differences(wanted, found):
    """As sentences, for people."""
    said = []
    for role in ROLES:
        said += [f"{role} may {right}, and must not" for right in sorted(found[role] - wanted[role])]
        said += [f"{role} may not {right}, and must" for right in sorted(wanted[role] - found[role])]
    return said


def keys_of(state, role):
    return tuple((Path(state) / "keys" / f"{role}.{kind}").read_text().split()[0] for kind in ("public", "secret"))


def connector(endpoints, **options):
    """role -> connection to the bus of a running pipeline."""
    state = endpoints["state"]
    server_key = keys_of(state, "bus")[0]
    return lambda role: Bus(endpoints["bus"], server_key, keys_of(state, role), **options)


def roles_of(state):
    """[[bus.roles]] as `sealpost up` wrote them."""
    return tomllib.loads((Path(state) / "sealpost.toml").read_text())["bus"]["roles"]


class StandingBus(RunningBus):
    """sealpost-bus alone with roles of choice, listening at `address` (tcp://127.0.0.1:0: a free port; None: its own
    ipc socket)."""

    def __init__(self, roles, address=None):
        self.roles, self.address = roles, address
        super().__init__()

    def write_settings(self):
        for role in ROLES:
            self.pairs.setdefault(role, tuple(key.decode() for key in zmq.curve_keypair()))
        super().write_settings()
        lines = (f'[bus]\nendpoint = "{self.address or self.endpoint}"\ndatabase = "{self.data}/journal.db"\nslab = "{self.data}/slab"\n'
                 'public_key_file = "bus.public"\nsecret_key_file = "bus.secret"\naccept_unerasable = true\n')
        for role in ROLES:
            lines += f'\n[[bus.clients]]\nrole = "{role}"\npublic_key = "{self.pairs[role][0]}"\n'
        for role in self.roles:
            lines += "\n[[bus.roles]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in role.items())
        (self.folder / "sealpost.toml").write_text(lines)

    def launch(self, prefix=()):
        if not super().launch(prefix):
            return False
        ready = next(line for line in self.log.splitlines() if '"endpoint"' in line)
        self.endpoint = json.loads(ready)["endpoint"]
        return True


def resident_octets(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024
