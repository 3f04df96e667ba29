"""Work for workers in tests: each does one thing that workers must survive, or must not."""

import os
import signal
import sys
import time
from pathlib import Path

from groundside.workers import Began, Parcel


def echo(parcel: Parcel, began: Began) -> Parcel:
    """Give back what came, and say which process it was."""
    began(0)
    print("this must not disturb the answer")
    sys.stdout.flush()
    return Parcel({"came": parcel.values, "process": os.getpid()}, [bytes(blob)[::-1] for blob in parcel.blobs])


def die_at(parcel: Parcel, began: Began) -> Parcel:
    """Die at the item that is named."""
    for item in range(parcel.values["items"]):
        began(item)
        if item == parcel.values["at"]:
            os.kill(os.getpid(), signal.SIGKILL)
    return Parcel("survived")


def take(parcel: Parcel, began: Began) -> Parcel:
    """Take so many bytes of memory, as text and as an array."""
    began(0)
    held = bytearray(parcel.values)
    return Parcel(len(held))


def environment(parcel: Parcel, began: Began) -> Parcel:
    """Say what is in the environment."""
    began(0)
    return Parcel(dict(os.environ))


def sleep(parcel: Parcel, began: Began) -> Parcel:
    """Take so long for each item."""
    for item, seconds in enumerate(parcel.values):
        began(item)
        time.sleep(seconds)
    return Parcel("awake")


def stumble(parcel: Parcel, began: Began) -> Parcel:
    """Raise, as a defect would."""
    raise ZeroDivisionError("no such luck")


def once(parcel: Parcel, began: Began) -> Parcel:
    """Die the first time, and leave word of it in a file."""
    mark = Path(parcel.values)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Parcel("the second time")
