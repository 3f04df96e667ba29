# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of gather.c."""

from cpython.buffer cimport PyBUF_C_CONTIGUOUS, PyBuffer_Release, PyObject_GetBuffer
from cpython.ref cimport Py_DECREF, Py_INCREF
from libc.stdint cimport int32_t, int64_t, uint8_t, uintptr_t
from libc.stdlib cimport calloc, free


cdef extern from "Python.h":
    int Py_IsInitialized() nogil


cdef extern from "gather.h":
    enum:
        GS_GIVEN

    struct ArrowArray:
        void (*release)(ArrowArray *) noexcept nogil

    struct gs_column:
        int32_t op
        int32_t at
        int32_t width

    struct gs_given:
        const void *const *columns
        int32_t n
        void *owner
        void (*let_go)(void *) noexcept nogil

    int gs_gather(const uint8_t *data, int64_t size, const int64_t *offsets, const int32_t *lengths, int64_t n,
                  const gs_column *columns, int32_t n_columns, uint8_t *not_ascii, const gs_given *given,
                  ArrowArray *out) nogil


cdef enum:
    GIVEN_AT_MOST = 4


cdef class Lent:
    """Memory of columns that an Arrow array shows; held until that is gone."""

    cdef Py_buffer held[GIVEN_AT_MOST]
    cdef const void *columns[GIVEN_AT_MOST]
    cdef int32_t n

    def __cinit__(self, tuple given):
        self.n = 0
        if len(given) > GIVEN_AT_MOST:
            raise ValueError("so many columns cannot be given")
        for column in given:
            PyObject_GetBuffer(column, &self.held[self.n], PyBUF_C_CONTIGUOUS)
            self.columns[self.n] = self.held[self.n].buf
            self.n += 1

    def __dealloc__(self):
        cdef int32_t i
        for i in range(self.n):
            PyBuffer_Release(&self.held[i])

    cdef check(self, const gs_column *described, int32_t n_columns, int64_t rows):
        """Refuse columns that have not as much memory as rows."""
        cdef int32_t i
        for i in range(n_columns):
            if described[i].op == GS_GIVEN and 0 <= described[i].at < self.n:
                if described[i].width <= 0 or self.held[described[i].at].len < rows * described[i].width:
                    raise ValueError("a column that is given has a value for each record")


cdef void let_go(void *owner) noexcept nogil:
    if Py_IsInitialized():
        with gil:
            Py_DECREF(<object>owner)


def gather(const uint8_t[::1] data, const int64_t[::1] offsets, const int32_t[::1] lengths, const uint8_t[::1] columns,
           uint8_t[::1] not_ascii, tuple given, uintptr_t out):
    """
    Fill the ArrowArray at address `out`; `lengths` may be None. Gives 0 or an error number of gather.h.

    What is `given` is lent to the array and not copied: one contiguous block of memory for each such column.
    """
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
    cdef gs_given columns_given
    cdef const gs_given *lent_columns = NULL
    cdef Lent lent
    if given:
        lent = Lent(given)
        lent.check(described, n_columns, n)
        columns_given = gs_given(<const void *const *>lent.columns, lent.n, <void *>lent, let_go)
        lent_columns = &columns_given
    with nogil:
        status = gs_gather(
            first, data.shape[0], starts, has, n, described, n_columns, flags, lent_columns, <ArrowArray *>out)
    if lent_columns != NULL and not status:
        Py_INCREF(lent)  # until `let_go`
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
