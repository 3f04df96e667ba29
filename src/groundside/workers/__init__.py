"""
Work done in other processes: on this machine within limits of memory and time, or on a Dask cluster.

Knows nothing of what the work is: it hands parcels to a named function and gives back what that returns, or how the
process died of it. `cluster` is the only module that imports the distributed engine.
"""

from groundside.workers.crew import HERE, Crew, crew, hands_of
from groundside.workers.guard import guarded, start, unguarded
from groundside.workers.parcel import Began, Died, Limits, Outcome, Parcel, Work

__all__ = [
    "HERE",
    "Began",
    "Crew",
    "Died",
    "Limits",
    "Outcome",
    "Parcel",
    "Work",
    "crew",
    "guarded",
    "hands_of",
    "start",
    "unguarded",
]
