# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of decimals.c."""

from libc.stdint cimport int64_t, uint8_t


cdef extern from "decimals.h":
    struct gs_span:
        pass

    int gs_decimals(const uint8_t *data, int64_t size, const gs_span *spans, int64_t n, const char *skip,
                    double *values, double *below, uint8_t *how) nogil


def decimals(const uint8_t[::1] data, const uint8_t[::1] spans, bytes skip, double[::1] values, double[::1] below,
             uint8_t[::1] how):
    """Fill values, below (may be None) and how; gives whether a text is not inside the data."""
    cdef int64_t n = spans.shape[0] // sizeof(gs_span)
    cdef double *second = NULL
    cdef const char *skipped = skip
    cdef int status
    if spans.shape[0] % sizeof(gs_span) or values.shape[0] != n or how.shape[0] != n:
        raise ValueError("spans, values and how do not belong together")
    if n == 0:
        return 0
    if below is not None:
        if below.shape[0] != n:
            raise ValueError("spans and below do not belong together")
        second = &below[0]
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    with nogil:
        status = gs_decimals(first, data.shape[0], <const gs_span *>&spans[0], n, skipped, &values[0], second, &how[0])
    return status
