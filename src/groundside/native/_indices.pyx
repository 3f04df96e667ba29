# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of indices.c."""

from libc.stdint cimport int16_t, int64_t, uint8_t, uintptr_t


cdef extern from "indices.h":
    enum:
        GS_BANDS

    struct gs_band:
        const void *data
        int64_t kind
        double scale
        double offset
        double nodata
        double saturated

    int gs_index(int which, const gs_band *bands, const uint8_t *valid, int64_t n, double factor, double low,
                 double high, int16_t *out, int64_t *histogram, int64_t *counts) nogil
    int gs_undo(void *data, int64_t rows, int64_t row_numbers, int64_t apart, int64_t bytes) nogil
    int gs_differences(const int16_t *data, int64_t rows, int64_t columns, int16_t *out) nogil


def index(int which, addresses, kinds, const double[:, ::1] numbers, const uint8_t[::1] valid, limits,
          int16_t[::1] out, int64_t[::1] histogram, int64_t[::1] counts):
    """
    Fill `out` from bands that begin at `addresses` (0: not there), each as long as `out`.

    `kinds` and the rows of `numbers` (scale, offset, nodata, saturated) go with them; `valid` may be None; `limits` are
    factor, low and high.
    """
    cdef gs_band bands[GS_BANDS]
    cdef int64_t n = out.shape[0]
    cdef double factor = limits[0], low = limits[1], high = limits[2]
    cdef const uint8_t *is_valid = NULL
    cdef int status, k
    if len(addresses) != GS_BANDS or len(kinds) != GS_BANDS or numbers.shape[0] != GS_BANDS or numbers.shape[1] != 4:
        raise ValueError("all bands are needed")
    if histogram.shape[0] != 65536 or counts.shape[0] != 5 or (valid is not None and valid.shape[0] != n):
        raise ValueError("the arrays do not belong together")
    for k in range(GS_BANDS):
        bands[k].data = <const void *><uintptr_t>addresses[k]
        bands[k].kind = kinds[k]
        bands[k].scale, bands[k].offset = numbers[k, 0], numbers[k, 1]
        bands[k].nodata, bands[k].saturated = numbers[k, 2], numbers[k, 3]
    if n == 0:
        return
    if valid is not None:
        is_valid = &valid[0]
    with nogil:
        status = gs_index(which, bands, is_valid, n, factor, low, high, &out[0], &histogram[0], &counts[0])
    if status:
        raise ValueError("no such index, or limits that cannot be stored")


def undo(uint8_t[::1] data, int64_t rows, int64_t apart, int64_t width):
    """Make numbers of differences in place, in `rows` rows of numbers of `width` bytes, each band `apart` places on."""
    cdef int status
    if rows < 1 or width < 1 or data.shape[0] % (rows * width):
        raise ValueError("the rows do not fill the bytes")
    if data.shape[0] == 0:
        return
    with nogil:
        status = gs_undo(&data[0], rows, data.shape[0] // (rows * width), apart, width)
    if status:
        raise ValueError("numbers of 1, 2 or 4 bytes, at least one place apart")


def differences(const int16_t[:, ::1] data, int16_t[:, ::1] out):
    """Write the differences of a block to `out`, of the same shape."""
    if data.shape[0] != out.shape[0] or data.shape[1] != out.shape[1]:
        raise ValueError("the arrays do not belong together")
    if data.shape[0] == 0 or data.shape[1] == 0:
        return
    with nogil:
        gs_differences(&data[0, 0], data.shape[0], data.shape[1], &out[0, 0])
