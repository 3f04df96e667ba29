# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of ulog.c and ulog_data.c."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t


cdef extern from "ulog.h":
    enum:
        GS_ULOG_IDS

    struct gs_ulog_chain:
        int64_t at
        int64_t last
        int64_t n_data
        int64_t n_others
        int64_t effort
        int32_t more

    void gs_ulog_follow(const uint8_t *data, int64_t size, int64_t start, int64_t stop, const int32_t *sizes,
                        int64_t *offsets, uint16_t *ids, int64_t room, int64_t *others, int64_t spare,
                        gs_ulog_chain *out) nogil


cdef extern from "ulog_data.h":
    struct gs_ulog_clock:
        int64_t first
        int64_t last
        int32_t bad
        int32_t ahead

    int64_t gs_ulog_sort(const int64_t *offsets, const uint16_t *ids, int64_t n, int64_t *ends,
                         int64_t *places) nogil
    int64_t c_clock "gs_ulog_clock"(const uint8_t *data, int64_t size, const int64_t *offsets, const uint16_t *ids,
                                    int64_t n, const int32_t *place, int64_t most, int64_t jump,
                                    gs_ulog_clock *out) nogil
    int64_t gs_ulog_latest(const uint8_t *data, int64_t size, const int64_t *offsets, const uint16_t *ids, int64_t n,
                           const int32_t *place, int64_t recent, const int64_t *asked, int64_t n_asked,
                           int64_t *times) nogil
    int gs_ulog_is_text(const uint8_t *data, int64_t size, const int64_t *places, int64_t n, int64_t at,
                        int64_t width) nogil


def follow(const uint8_t[::1] data, int64_t start, int64_t stop, const int32_t[::1] sizes, int64_t[::1] offsets,
           uint16_t[::1] ids, int64_t[::1] others):
    """Follow the chain; gives (at, last, n_data, n_others, effort, more) of gs_ulog_chain."""
    cdef gs_ulog_chain chain
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    cdef int64_t room = min(offsets.shape[0], ids.shape[0]), spare = others.shape[0]
    if sizes.shape[0] != GS_ULOG_IDS or room < 1 or spare < 1 or start < 0:
        raise ValueError("a size for each id, room for offsets, and a place in the data are needed")
    with nogil:
        gs_ulog_follow(first, data.shape[0], start, stop, &sizes[0], &offsets[0], &ids[0], room, &others[0],
                       spare, &chain)
    return chain.at, chain.last, chain.n_data, chain.n_others, chain.effort, chain.more


def sort(const int64_t[::1] offsets, const uint16_t[::1] ids, int64_t[::1] ends, int64_t[::1] places):
    """Sort messages by id; gives the greatest id."""
    cdef int64_t n = offsets.shape[0], greatest
    if ends.shape[0] != GS_ULOG_IDS or not n or ids.shape[0] != n or places.shape[0] != n:
        raise ValueError("an end for each id, and an id and a place for each message are needed")
    with nogil:
        greatest = gs_ulog_sort(&offsets[0], &ids[0], n, &ends[0], &places[0])
    return greatest


def clock(const uint8_t[::1] data, const int64_t[::1] offsets, const uint16_t[::1] ids, const int32_t[::1] place,
          int64_t most, int64_t jump):
    """Read the times of messages; gives (status, first, last, bad, ahead)."""
    cdef gs_ulog_clock found
    cdef int64_t n = offsets.shape[0], status
    if place.shape[0] != GS_ULOG_IDS or not n or ids.shape[0] != n or not data.shape[0]:
        raise ValueError("a place for each id and an id for each message are needed")
    found.first = found.last = found.bad = found.ahead = 0
    with nogil:
        status = c_clock(&data[0], data.shape[0], &offsets[0], &ids[0], n, &place[0], most, jump, &found)
    return status, found.first, found.last, found.bad, found.ahead


def latest(const uint8_t[::1] data, const int64_t[::1] offsets, const uint16_t[::1] ids, const int32_t[::1] place,
           int64_t recent, const int64_t[::1] asked, int64_t[::1] times):
    """Find the latest time before each of some offsets; gives -1, or the first message outside the data."""
    cdef int64_t n = offsets.shape[0], n_asked = asked.shape[0], status
    if place.shape[0] != GS_ULOG_IDS or not n or ids.shape[0] != n or times.shape[0] != n_asked or not data.shape[0]:
        raise ValueError("a place for each id, an id for each message and room for each time are needed")
    if not n_asked:
        return -1
    with nogil:
        status = gs_ulog_latest(&data[0], data.shape[0], &offsets[0], &ids[0], n, &place[0], recent, &asked[0],
                                n_asked, &times[0])
    return status


def is_text(const uint8_t[::1] data, const int64_t[::1] places, int64_t at, int64_t width):
    """Whether a field is text in all records; -1 where one does not lie in the data."""
    cdef int64_t n = places.shape[0]
    cdef int status
    if not n or not data.shape[0]:
        return 1
    with nogil:
        status = gs_ulog_is_text(&data[0], data.shape[0], &places[0], n, at, width)
    return status
