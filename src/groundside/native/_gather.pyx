# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of gather.c."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uintptr_t
from libc.stdlib cimport calloc, free


cdef extern from "gather.h":
    struct ArrowArray:
        void (*release)(ArrowArray *) noexcept nogil

    struct gs_column:
        pass

    int gs_gather(const uint8_t *data, int64_t size, const int64_t *offsets, const int32_t *lengths, int64_t n,
                  const gs_column *columns, int32_t n_columns, uint8_t *not_ascii, ArrowArray *out) nogil


def gather(const uint8_t[::1] data, const int64_t[::1] offsets, const int32_t[::1] lengths, const uint8_t[::1] columns,
           uint8_t[::1] not_ascii, uintptr_t out):
    """Fill the ArrowArray at address `out`; `lengths` may be None. Gives 0 or an error number of gather.h."""
    cdef int64_t n = offsets.shape[0]
    cdef int32_t n_columns = <int32_t>(columns.shape[0] // sizeof(gs_column))
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    cdef const int64_t *starts = &offsets[0] if n else NULL
    cdef const int32_t *has = NULL
    cdef int status
    if not_ascii.shape[0] < n_columns or columns.shape[0] % sizeof(gs_column):
        raise ValueError("columns and not_ascii do not belong together")
    if lengths is not None:
        if lengths.shape[0] != n:
            raise ValueError("as many lengths as offsets are needed")
        has = &lengths[0] if n else NULL
    cdef const gs_column *described = <const gs_column *>&columns[0] if n_columns else NULL
    cdef uint8_t *flags = &not_ascii[0] if n_columns else NULL
    with nogil:
        status = gs_gather(first, data.shape[0], starts, has, n, described, n_columns, flags, <ArrowArray *>out)
    return status


cdef class Handed:
    """A place for one ArrowArray on its way to pyarrow; what nobody took is released."""

    cdef ArrowArray *array

    def __cinit__(self):
        self.array = <ArrowArray *>calloc(1, 128)
        if self.array == NULL:
            raise MemoryError

    def __dealloc__(self):
        if self.array != NULL:
            if self.array.release != NULL:
                self.array.release(self.array)
            free(self.array)

    @property
    def address(self):
        """Where it is."""
        return <uintptr_t>self.array
