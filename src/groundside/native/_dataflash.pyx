# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of dataflash.c."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t


cdef extern from "dataflash.h":
    int64_t gs_dataflash_follow(const uint8_t *data, int64_t size, int64_t start, int64_t stop, const int32_t *lengths,
                                int64_t *offsets, int64_t room, int64_t *at) nogil
    int gs_dataflash_sorted(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n, int64_t at,
                            uint8_t *keys, int64_t *sorted, int64_t *counts) nogil
    int64_t gs_dataflash_definition(const uint8_t *data, int64_t size, int64_t start) nogil
    int64_t gs_dataflash_joined(const uint8_t *data, int64_t size, int64_t start, const int32_t *lengths) nogil
    int64_t gs_dataflash_headers(const uint8_t *data, int64_t size, int64_t *start, int64_t *places, int64_t room) nogil
    int64_t gs_dataflash_stamps(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n,
                                const int32_t *places, int32_t width, int64_t *kept, uint64_t *values) nogil
    int64_t gs_dataflash_between(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n, int64_t at,
                                 int32_t width, const int64_t *times, int64_t *kept) nogil


cdef const uint8_t *first(const uint8_t[::1] data) noexcept:
    return &data[0] if data.shape[0] else NULL


cdef const int32_t *by_type(const int32_t[::1] table) except NULL:
    if table.shape[0] != 256:
        raise ValueError("256 numbers are needed, one for each type")
    return &table[0]


def follow(const uint8_t[::1] data, int64_t start, int64_t stop, const int32_t[::1] lengths, int64_t[::1] offsets,
           int64_t taken):
    """Follow the chain; offsets go after the first `taken`. Gives how many there are then, and where it ended."""
    cdef const uint8_t *bytes = first(data)
    cdef const int32_t *table = by_type(lengths)
    cdef int64_t room = offsets.shape[0] - taken, at = start, found = 0
    if taken < 0 or room < 0:
        raise ValueError("more offsets are taken than there are")
    cdef int64_t *places = &offsets[0] + taken if room else NULL
    with nogil:
        found = gs_dataflash_follow(bytes, data.shape[0], start, stop, table, places, room, &at)
    return taken + found, at


def sort(const uint8_t[::1] data, const int64_t[::1] offsets, int64_t at, uint8_t[::1] keys, int64_t[::1] into,
         int64_t[::1] counts):
    """Sort records by their byte `at`. Gives 0, or 1 where one lies outside."""
    cdef const uint8_t *bytes = first(data)
    cdef int64_t n = offsets.shape[0]
    cdef int status
    if counts.shape[0] != 256 or into.shape[0] != n or keys.shape[0] != n:
        raise ValueError("room for all offsets and 256 counts is needed")
    cdef const int64_t *places = &offsets[0] if n else NULL
    cdef int64_t *to = &into[0] if n else NULL
    cdef uint8_t *found = &keys[0] if n else NULL
    with nogil:
        status = gs_dataflash_sorted(bytes, data.shape[0], places, n, at, found, to, &counts[0])
    return status


def definition(const uint8_t[::1] data, int64_t start):
    """Give the first place from `start` on where the head of a definition stands; the size where none does."""
    cdef const uint8_t *bytes = first(data)
    cdef int64_t found
    with nogil:
        found = gs_dataflash_definition(bytes, data.shape[0], start)
    return found


def joined(const uint8_t[::1] data, int64_t start, const int32_t[::1] lengths):
    """Give the first place from `start` on where a chain may begin; the size where there is none."""
    cdef const uint8_t *bytes = first(data)
    cdef const int32_t *table = by_type(lengths)
    cdef int64_t found
    with nogil:
        found = gs_dataflash_joined(bytes, data.shape[0], start, table)
    return found


def headers(const uint8_t[::1] data, int64_t start, int64_t[::1] places):
    """Fill in places of headers from `start` on. Gives how many, and where to go on."""
    cdef const uint8_t *bytes = first(data)
    cdef int64_t room = places.shape[0], at = start, found
    cdef int64_t *to = &places[0] if room else NULL
    with nogil:
        found = gs_dataflash_headers(bytes, data.shape[0], &at, to, room)
    return found, at


def stamps(const uint8_t[::1] data, const int64_t[::1] offsets, const int32_t[::1] places, int32_t width,
           int64_t[::1] kept, uint64_t[::1] values):
    """Fill in boot times and their records. Gives how many; -1 where one lies outside."""
    cdef const uint8_t *bytes = first(data)
    cdef const int32_t *table = by_type(places)
    cdef int64_t n = offsets.shape[0], found
    if kept.shape[0] != n or values.shape[0] != n:
        raise ValueError("room for all offsets is needed")
    if not n:
        return 0
    with nogil:
        found = gs_dataflash_stamps(bytes, data.shape[0], &offsets[0], n, table, width, &kept[0], &values[0])
    return found


def between(const uint8_t[::1] data, const int64_t[::1] offsets, int64_t at, int32_t width, const int64_t[::1] times,
            int64_t[::1] kept):
    """Fill in the records of a stretch of time. Gives how many; -1 where one lies outside."""
    cdef const uint8_t *bytes = first(data)
    cdef int64_t n = offsets.shape[0], found
    if kept.shape[0] != n or times.shape[0] != 3:
        raise ValueError("room for all offsets and three times are needed")
    if not n:
        return 0
    with nogil:
        found = gs_dataflash_between(bytes, data.shape[0], &offsets[0], n, at, width, &times[0], &kept[0])
    return found
