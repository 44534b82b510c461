"""A disk that fails where it is told to: failing_disk.so (failing_disk.cpp), preloaded into a process."""

import collections

from running_bus import BIN

SHIM = BIN / "failing_disk.so"

# A line of the trace: what was asked of which file, and what came of it.
Call = collections.namedtuple("Call", "call file result")


class FailingDisk:
    """Watches what a RunningBus asks of its disk; `fault` is "CALL FILE N KIND", None for a disk that is well.
    Calls are counted for it from the first on, or, if not `armed`, from arm() on."""

    def __init__(self, bus, fault=None, armed=True):
        self.trace_file = bus.folder / "disk.trace"
        self.trace_file.unlink(missing_ok=True)
        self.armed_file = bus.folder / "disk.armed"
        self.armed_file.unlink(missing_ok=True)
        self.environment = {"LD_PRELOAD": str(SHIM), "SEALPOST_DISK": str(bus.data),
                            "SEALPOST_DISK_TRACE": str(self.trace_file), "SEALPOST_DISK_FAULT": fault or "",
                            "SEALPOST_DISK_ARMED": "" if armed else str(self.armed_file)}
        self.prefix = ["env", *(f"{name}={value}" for name, value in self.environment.items())]

    def arm(self):
        self.armed_file.touch()

    @property
    def trace(self):
        text = self.trace_file.read_text() if self.trace_file.exists() else ""
        return [Call(*line.split()) for line in text.splitlines()]

    def has_failed(self):
        return any(call.result != "ok" for call in self.trace)

    def after_the_failure(self):
        """The calls that came after the first that failed."""
        trace = self.trace
        first = next((at for at, call in enumerate(trace) if call.result != "ok"), len(trace))
        return trace[first + 1:]
