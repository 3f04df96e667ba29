# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of fitting.c."""

from libc.stdint cimport int32_t, int64_t

import numpy as np


cdef extern from "fitting.h":
    enum:
        GS_RUNS
        GS_PARTS_A_LEG
        GS_LEG_NUMBERS

    struct gs_positions:
        const double *t
        const double *east
        const double *north
        int64_t n

    struct gs_leg:
        pass

    struct gs_followed:
        pass

    struct gs_near:
        double most_cm
        double of_all
        double of_inside

    void gs_follow(const gs_positions *of_, gs_leg *legs, int32_t *from_, gs_followed *out) nogil
    void gs_fit_apart(const gs_positions *clip, const gs_followed *flight, const double *offsets, int64_t count,
                      double covered, double *work, double *out) nogil
    int gs_lay_out(const double *t, const double *east, const double *north, int64_t n, const int64_t *judged,
                   int64_t m, double width_ms, double slack_cm, int64_t cells, int32_t *out) nogil
    int gs_may_lie(const int32_t *one, int64_t one_size, const int32_t *other, int64_t other_size,
                   const gs_near *near) nogil


cdef class Followed:
    """A track made ready to be laid upon; `track` has the rows t, east, north."""

    cdef gs_followed _followed
    cdef double[::1] _legs
    cdef int32_t[::1] _from

    def __init__(self, const double[:, ::1] track):
        cdef gs_positions of_
        cdef int64_t legs = track.shape[1] - 1
        if track.shape[0] != 3:
            raise ValueError("the arrays do not belong together")
        if not 1 <= legs < 1 << 30:
            raise ValueError("too few positions, or too many")
        self._legs = np.empty(GS_LEG_NUMBERS * legs)
        self._from = np.empty(GS_PARTS_A_LEG * legs + 1, dtype=np.int32)
        of_.t, of_.east, of_.north, of_.n = &track[0, 0], &track[1, 0], &track[2, 0], legs + 1
        with nogil:
            gs_follow(&of_, <gs_leg *>&self._legs[0], &self._from[0], &self._followed)


def apart(const double[:, ::1] clip, Followed flight not None, const double[::1] offsets, double covered,
          double[::1] work, double[::1] out):
    """Fill `out` with the median distance at each offset; `clip` has the rows t, east, north."""
    cdef gs_positions a
    cdef int64_t count = offsets.shape[0]
    if clip.shape[0] != 3 or out.shape[0] != count or work.shape[0] != 3 * clip.shape[1]:
        raise ValueError("the arrays do not belong together")
    if clip.shape[1] < 1:
        raise ValueError("too few positions")
    if count == 0:
        return
    a.t, a.east, a.north, a.n = &clip[0, 0], &clip[1, 0], &clip[2, 0], clip.shape[1]
    with nogil:
        gs_fit_apart(&a, &flight._followed, &offsets[0], count, covered, &work[0], &out[0])


def lay_out(const double[:, ::1] positions, const int64_t[::1] judged, double width_ms, double slack_cm,
            int32_t[::1] out):
    """Fill `out` with the cells of one width; `positions` has the rows t, east, north. Says whether all fits."""
    cdef int64_t n = positions.shape[1], cells = out.shape[0] // GS_RUNS
    cdef int status
    if positions.shape[0] != 3 or n < 2 or judged.shape[0] < 1 or out.shape[0] < 2 * GS_RUNS or out.shape[0] % GS_RUNS:
        raise ValueError("the arrays do not belong together")
    with nogil:
        status = gs_lay_out(&positions[0, 0], &positions[1, 0], &positions[2, 0], n, &judged[0], judged.shape[0],
                            width_ms, slack_cm, cells, &out[0])
    return status == 0


def may_lie(const int32_t[::1] one, others, double most_cm, double of_all, double of_inside):
    """Say of each of some layouts whether it never lies on `one` (0), may (1), or is to be looked at closer (2)."""
    cdef const int32_t[::1] each
    cdef int said
    cdef gs_near near
    near.most_cm, near.of_all, near.of_inside = most_cm, of_all, of_inside
    found = []
    for other in others:
        each = other
        if one.shape[0] == 0 or each.shape[0] == 0:
            raise ValueError("no layout")
        with nogil:
            said = gs_may_lie(&one[0], one.shape[0], &each[0], each.shape[0], &near)
        if said < 0:
            raise ValueError("no layout")
        found.append(said)
    return found
