# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of jpeg.c."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.stdlib cimport free, malloc


cdef extern from "jpeg.h":
    enum:
        GS_JPEG_ROOM

    struct gs_jpeg_plane:
        int32_t width
        int32_t shown_width
        int32_t shown_height
        int32_t across
        int32_t down
        int64_t at

    struct gs_jpeg:
        gs_jpeg_plane *planes
        int32_t n
        int32_t width
        int32_t height
        int64_t scan
        int64_t written

    int gs_jpeg_open(const uint8_t *data, int64_t size, int64_t most_pixels, gs_jpeg *found) nogil
    int gs_jpeg_means(const uint8_t *data, int64_t size, gs_jpeg *found, uint8_t *clean, uint8_t *planes) nogil


cdef object shown(gs_jpeg_plane *p, const uint8_t *planes):
    cdef const char *begin = <const char *>planes + p.at
    cdef int32_t row
    rows = [PyBytes_FromStringAndSize(begin + <int64_t>row * p.width, p.shown_width) for row in range(p.shown_height)]
    return p.shown_width, p.shown_height, b"".join(rows), p.across, p.down


def means(const uint8_t[::1] data, int64_t most_pixels):
    """Give width, height and the planes of a JPEG; None where it cannot be read here."""
    cdef int64_t size = data.shape[0]
    cdef gs_jpeg *f
    cdef uint8_t *clean = NULL
    cdef uint8_t *planes = NULL
    cdef int whole
    cdef int32_t k
    if size < 4:
        return None
    f = <gs_jpeg *>malloc(sizeof(gs_jpeg))
    try:
        if f == NULL:
            raise MemoryError
        with nogil:
            whole = gs_jpeg_open(&data[0], size, most_pixels, f)
        if not whole:
            return None
        clean = <uint8_t *>malloc(GS_JPEG_ROOM)
        planes = <uint8_t *>malloc(f.written)
        if clean == NULL or planes == NULL:
            raise MemoryError
        with nogil:
            whole = gs_jpeg_means(&data[0], size, f, clean, planes)
        if not whole:
            return None
        return f.width, f.height, [shown(&f.planes[k], planes) for k in range(f.n)]
    finally:
        free(planes)
        free(clean)
        free(f)
