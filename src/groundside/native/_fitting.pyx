# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of fitting.c."""

from libc.stdint cimport int32_t, int64_t


cdef extern from "fitting.h":
    enum:
        GS_RUNS

    struct gs_positions:
        const double *t
        const double *east
        const double *north
        int64_t n

    void gs_fit_apart(const gs_positions *clip, const gs_positions *flight, const double *offsets, int64_t count,
                      double covered, double *work, double *out) nogil
    int gs_lay_out(const double *t, const double *east, const double *north, int64_t n, const int64_t *judged,
                   int64_t m, double width_ms, double slack_cm, int64_t cells, int32_t *out) nogil
    int gs_may_lie(const int32_t *one, int64_t one_size, const int32_t *other, int64_t other_size,
                   double most_cm) nogil


def apart(const double[:, ::1] clip, const double[:, ::1] flight, const double[::1] offsets, double covered,
          double[::1] work, double[::1] out):
    """Fill `out` with the median distance at each offset; `clip` and `flight` have the rows t, east, north."""
    cdef gs_positions a, b
    cdef int64_t count = offsets.shape[0]
    if clip.shape[0] != 3 or flight.shape[0] != 3 or out.shape[0] != count or work.shape[0] != clip.shape[1]:
        raise ValueError("the arrays do not belong together")
    if clip.shape[1] < 1 or flight.shape[1] < 2:
        raise ValueError("too few positions")
    if count == 0:
        return
    a.t, a.east, a.north, a.n = &clip[0, 0], &clip[1, 0], &clip[2, 0], clip.shape[1]
    b.t, b.east, b.north, b.n = &flight[0, 0], &flight[1, 0], &flight[2, 0], flight.shape[1]
    with nogil:
        gs_fit_apart(&a, &b, &offsets[0], count, covered, &work[0], &out[0])


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


def may_lie(const int32_t[::1] one, others, double most_cm):
    """Say of each of some layouts whether it never lies on `one` (0), may (1), or is to be looked at closer (2)."""
    cdef const int32_t[::1] each
    cdef int said
    found = []
    for other in others:
        each = other
        if one.shape[0] == 0 or each.shape[0] == 0:
            raise ValueError("no layout")
        with nogil:
            said = gs_may_lie(&one[0], one.shape[0], &each[0], each.shape[0], most_cm)
        if said < 0:
            raise ValueError("no layout")
        found.append(said)
    return found
