"""
Run something where there is no network at all, and count whatever tried to leave the machine.

    python tools/silence.py                        the demonstration: build, serve, load the page, ask the API
    python tools/silence.py -- pytest -q tests     any command

It runs in an empty network namespace in which only loopback is up. A send that has no route never becomes a packet, so
counting packets is not enough: the kernel's count of refused sends is read too, for IPv4 and IPv6, and whoever asks a
resolver on loopback is heard. Each count is first seen to count: a namespace in which it would not is an error.
Needs root, or a system that lets users make namespaces.

Exit code: 1 where something called out, 2 where that could not be told, else the command's.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

DEMO = (sys.executable, str(Path(__file__).with_name("silence_demo.py")))
INSIDE = "--inside"
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1
_DNS = 53
_NOWHERE = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))
"""Addresses that are for documentation only."""
_UNKNOWN_NAME = "silence-check.groundside.invalid"


class NotSilent(Exception):
    """What was to be silent was not, or it could not have been heard."""


@dataclass(frozen=True, slots=True)
class Counts:
    """
    What left, or tried to.

    Args:
        packets: sent or received by any interface but loopback.
        refused_v4: IPv4 sends that had no route.
        refused_v6: IPv6 sends that had none.
        questions: asked of a resolver on loopback.
    """

    packets: int
    refused_v4: int
    refused_v6: int
    questions: int

    def since(self, before: Counts) -> Counts:
        """Count only what came after."""
        return Counts(*(now - then for now, then in zip(astuple(self), astuple(before), strict=True)))


def astuple(counts: Counts) -> tuple[int, ...]:
    return tuple(asdict(counts).values())


class Resolver:
    """Stands where a resolver on loopback would: hears each question, and says at once that there is no such name."""

    def __init__(self) -> None:
        self.asked = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("0.0.0.0", _DNS))
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            question, asker = self._socket.recvfrom(4096)
            self.asked += 1
            with suppress(OSError):
                self._socket.sendto(question[:2] + b"\x81\x83" + question[4:6] + bytes(6) + question[12:], asker)


def counts(resolver: Resolver) -> Counts:
    """Read all of them now."""
    return Counts(_packets(), _refused_v4(), _refused_v6(), resolver.asked)


def _packets() -> int:
    total = 0
    for line in Path("/proc/net/dev").read_text().splitlines()[2:]:
        name, _, numbers = line.partition(":")
        if name.strip() != "lo":
            received, sent = numbers.split()[1], numbers.split()[9]
            total += int(received) + int(sent)
    return total


def _refused_v4() -> int:
    names, values = (line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:"))
    return int(values[names.index("OutNoRoutes")])


def _refused_v6() -> int:
    for line in Path("/proc/net/snmp6").read_text().splitlines():
        name, value = line.split()
        if name == "Ip6OutNoRoutes":
            return int(value)
    what = "this system does not count IPv6 sends without a route"
    raise NotSilent(what)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _GET_FLAGS, request))[1]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def _see_that_it_counts(resolver: Resolver) -> None:
    """Call out on purpose: twice by address, once by name."""
    before = counts(resolver)
    for address, family in _NOWHERE:
        with socket.socket(family, socket.SOCK_DGRAM) as out, suppress(OSError):
            out.sendto(b"x", (address, _DNS))
            what = f"a packet could be sent to {address}: this is no empty namespace"
            raise NotSilent(what)
    heard = counts(resolver).since(before)
    if not (heard.refused_v4 and heard.refused_v6):
        what = f"what is sent without a route is not counted here: {heard}"
        raise NotSilent(what)
    before = counts(resolver)
    with suppress(OSError):
        socket.getaddrinfo(_UNKNOWN_NAME, 80)
    if not any(astuple(counts(resolver).since(before))):
        what = "a question for a name is not counted here; something outside of the namespace answers it"
        raise NotSilent(what)


def inside(command: Sequence[str]) -> int:
    """Run a command in the namespace that this process is alone in."""
    _loopback_up()
    resolver = Resolver()
    _see_that_it_counts(resolver)
    before = counts(resolver)
    code = subprocess.run(command, check=False).returncode
    found = counts(resolver).since(before)
    print(f"silence: {asdict(found)}", flush=True)
    if any(astuple(found)):
        print("silence: something tried to leave this machine; strace -f -e trace=%network says who", file=sys.stderr)
        return 1
    return code


def outside(command: Sequence[str]) -> int:
    """Make the namespace, and run this program again in it."""
    unshare = shutil.which("unshare")
    if unshare is None:
        what = "no unshare: apt-get install util-linux"
        raise NotSilent(what)
    how = ["-n"] if os.geteuid() == 0 else ["-rn"]
    with tempfile.TemporaryDirectory(prefix="silence-") as home:
        # A home of its own: neither settings nor keys of whoever runs this are used.
        given = {name: value for name, value in os.environ.items() if not name.startswith("GROUNDSIDE_CONFIG")}
        given |= {"XDG_DATA_HOME": home}
        again = [sys.executable, str(Path(__file__).resolve()), INSIDE, "--", *command]
        return subprocess.run([unshare, *how, *again], env=given, check=False).returncode


def main(arguments: Sequence[str]) -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description="Run something without a network, and count what tried to leave.")
    parser.add_argument(INSIDE, action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("command", nargs="*", help="what to run; the demonstration where nothing is given")
    asked = parser.parse_args(arguments)
    try:
        return inside(asked.command) if asked.inside else outside(asked.command or DEMO)
    except NotSilent as trouble:
        print(f"silence: {trouble}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
