# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of dji.c, dji_rows.c and dji_table.c."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t, uintptr_t
from libc.string cimport memset


cdef extern from "dji.h":
    int64_t gs_dji_walk(const uint8_t *data, int64_t end, int wide, int64_t *at, uint8_t *kinds, int64_t *starts,
                        int32_t *lengths, int64_t room) nogil
    int gs_dji_unscramble(const uint8_t *data, int64_t size, const uint8_t *kinds, const int64_t *starts,
                          const int32_t *lengths, int64_t n, const uint64_t *crc, uint8_t *out, int64_t room,
                          int64_t *places, int32_t *sizes) nogil
    int gs_dji_copy(const uint8_t *data, int64_t size, const int64_t *begins, const int32_t *sizes, int64_t n,
                    uint8_t *out, int64_t room, const int64_t *to) nogil
    void gs_dji_group(const uint8_t *kinds, const uint8_t *left_out, const int32_t *lengths, int64_t n, int64_t *order,
                      int64_t *ends, int32_t *least) nogil


cdef extern from "dji_rows.h":
    struct gs_dji_rows:
        const uint8_t *data
        int64_t size
        const int64_t *starts
        const int32_t *lengths
        const int64_t *places
        int64_t n_records
        const int64_t *which
        int64_t n
        const uint64_t *keys
        int64_t head

    int32_t gs_dji_content(const gs_dji_rows *rows, int64_t row, uint8_t *out) nogil
    int gs_dji_firsts(const gs_dji_rows *rows, uint8_t *out) nogil
    int gs_dji_steady(const gs_dji_rows *rows, const double *most, double least, double none, double far) nogil


cdef extern from "dji_table.h":
    struct ArrowArray:
        void (*release)(ArrowArray *) noexcept nogil

    struct gs_dji_column:
        pass

    struct gs_dji_words:
        const int32_t *ends
        int64_t n_lists
        const uint8_t *texts
        int64_t size

    struct gs_dji_table:
        pass

    int gs_dji_begin(int64_t n, const gs_dji_column *columns, int32_t n_columns, const gs_dji_words *words,
                     gs_dji_table **made) nogil
    int gs_dji_fill(gs_dji_table *table, const gs_dji_rows *rows, int64_t first, int64_t after) nogil
    int gs_dji_finish(gs_dji_table *table, ArrowArray *out) nogil
    void gs_dji_drop(gs_dji_table *table) nogil


def walk(const uint8_t[::1] data, int64_t at, int64_t end, bint wide, uint8_t[::1] kinds, int64_t[::1] starts,
         int32_t[::1] lengths, int64_t first):
    """Write records from row `first` of the arrays on; gives where the walk ended and how many were written."""
    cdef int64_t room = kinds.shape[0] - first, n
    if starts.shape[0] != kinds.shape[0] or lengths.shape[0] != kinds.shape[0]:
        raise ValueError("kinds, starts and lengths do not belong together")
    if not 0 <= at <= end <= data.shape[0] or first < 0:
        raise ValueError("these are no bytes of the data")
    if room <= 0 or at == end:
        return at, 0
    with nogil:
        n = gs_dji_walk(&data[0], end, wide, &at, &kinds[first], &starts[first], &lengths[first], room)
    return at, n


def unscramble(const uint8_t[::1] data, const uint8_t[::1] kinds, const int64_t[::1] starts,
               const int32_t[::1] lengths, const uint64_t[::1] crc, uint8_t[::1] out, int64_t[::1] places,
               int32_t[::1] sizes):
    """Undo the scrambling of payloads into `out`; gives 0 or an error number of dji.h."""
    cdef int64_t n = kinds.shape[0]
    cdef int status
    if starts.shape[0] != n or lengths.shape[0] != n or places.shape[0] != n or sizes.shape[0] != n:
        raise ValueError("kinds, starts, lengths, places and sizes do not belong together")
    if crc.shape[0] != 256:
        raise ValueError("a table of 256 is needed")
    if n == 0:
        return 0
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    cdef uint8_t *to = &out[0] if out.shape[0] else NULL
    with nogil:
        status = gs_dji_unscramble(first, data.shape[0], &kinds[0], &starts[0], &lengths[0], n, &crc[0], to,
                                   out.shape[0], &places[0], &sizes[0])
    return status


def copy(const uint8_t[::1] data, const int64_t[::1] begins, const int32_t[::1] sizes, uint8_t[::1] out,
         const int64_t[::1] to):
    """Copy stretches of bytes; gives 0 or an error number of dji.h."""
    cdef int64_t n = begins.shape[0]
    cdef int status
    if sizes.shape[0] != n or to.shape[0] != n:
        raise ValueError("begins, sizes and to do not belong together")
    if n == 0:
        return 0
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    cdef uint8_t *into = &out[0] if out.shape[0] else NULL
    with nogil:
        status = gs_dji_copy(first, data.shape[0], &begins[0], &sizes[0], n, into, out.shape[0], &to[0])
    return status


def group(const uint8_t[::1] kinds, const uint8_t[::1] left_out, const int32_t[::1] lengths, int64_t[::1] order,
          int64_t[::1] ends, int32_t[::1] least):
    """Fill `order`, `ends` and `least`; `order` has room for all records, and `left_out` may be None."""
    cdef int64_t n = kinds.shape[0]
    cdef const uint8_t *left = NULL
    if lengths.shape[0] != n or order.shape[0] < n or ends.shape[0] != 256 or least.shape[0] != 256:
        raise ValueError("kinds, lengths, order, ends and least do not belong together")
    if left_out is not None and left_out.shape[0] != n:
        raise ValueError("kinds and left_out do not belong together")
    if n == 0:
        ends[:] = 0
        return
    if left_out is not None:
        left = &left_out[0]
    with nogil:
        gs_dji_group(&kinds[0], left, &lengths[0], n, &order[0], &ends[0], &least[0])


cdef class Source:
    """The records of a file. `head` is what is taken from the place of a record."""

    cdef gs_dji_rows rows
    cdef const uint8_t[::1] data
    cdef const int64_t[::1] starts, places
    cdef const int32_t[::1] lengths

    def __cinit__(self, const uint8_t[::1] data, const int64_t[::1] starts, const int32_t[::1] lengths,
                  const int64_t[::1] places, int64_t head):
        if lengths.shape[0] != starts.shape[0] or places.shape[0] != starts.shape[0]:
            raise ValueError("starts, lengths and places do not belong together")
        self.data, self.starts, self.lengths, self.places = data, starts, lengths, places
        self.rows.size, self.rows.n_records, self.rows.head = data.shape[0], starts.shape[0], head
        if data.shape[0]:
            self.rows.data = &data[0]
        if starts.shape[0]:
            self.rows.starts, self.rows.lengths, self.rows.places = &starts[0], &lengths[0], &places[0]


cdef class Rows:
    """Some records of a file, by their numbers. `keys` is None, or the key for each first byte of their payloads."""

    cdef gs_dji_rows rows
    cdef Source source
    cdef const int64_t[::1] which
    cdef const uint64_t[::1] keys

    def __cinit__(self, Source source not None, const int64_t[::1] which, const uint64_t[::1] keys):
        if keys is not None and keys.shape[0] != 256:
            raise ValueError("256 keys are needed")
        self.source, self.which, self.keys = source, which, keys
        self.rows = source.rows
        self.rows.n = which.shape[0]
        if which.shape[0]:
            self.rows.which = &which[0]
        if keys is not None:
            self.rows.keys = &keys[0]


def contents(Rows rows not None):
    """Give the bytes that each record holds, or an error number of dji.h."""
    cdef list found = []
    cdef int64_t row
    cdef int32_t size
    for row in range(rows.rows.n):
        size = gs_dji_content(&rows.rows, row, NULL)
        if size < 0:
            return 1
        content = PyBytes_FromStringAndSize(NULL, size)
        gs_dji_content(&rows.rows, row, <uint8_t *>PyBytes_AS_STRING(content))
        found.append(content)
    return found


def firsts(Rows rows not None, uint8_t[::1] out):
    """Write the first byte that each record holds; gives 0 or an error number of dji.h."""
    cdef int status
    if out.shape[0] != rows.rows.n:
        raise ValueError("as many bytes as records are needed")
    if rows.rows.n == 0:
        return 0
    with nogil:
        status = gs_dji_firsts(&rows.rows, &out[0])
    return status


def steady(Rows rows not None, double most_first, double most_second, double least, double none, double far):
    """Say whether the two angles that each record begins with are steady; -1 where a record is outside of the data."""
    cdef double[2] most = [most_first, most_second]
    cdef int found
    with nogil:
        found = gs_dji_steady(&rows.rows, most, least, none, far)
    return found


cdef class Table:
    """A table while it is made, and then its place on its way to pyarrow; what nobody took is released."""

    cdef gs_dji_table *table
    cdef gs_dji_words words
    cdef uint64_t[16] handed
    cdef int64_t n
    cdef const uint8_t[::1] described, texts
    cdef const int32_t[::1] ends

    def __cinit__(self, int64_t n, const uint8_t[::1] described, const int32_t[::1] ends, const uint8_t[::1] texts):
        cdef int32_t n_columns = <int32_t>(described.shape[0] // sizeof(gs_dji_column))
        cdef int status
        memset(self.handed, 0, sizeof(self.handed))
        if described.shape[0] % sizeof(gs_dji_column) or ends.shape[0] % 257 or n < 0:
            raise ValueError("these are no columns")
        self.described, self.ends, self.texts, self.n = described, ends, texts, n
        self.words.n_lists, self.words.size = ends.shape[0] // 257, texts.shape[0]
        if ends.shape[0]:
            self.words.ends = &ends[0]
        if texts.shape[0]:
            self.words.texts = &texts[0]
        cdef const gs_dji_column *columns = <const gs_dji_column *>&described[0] if n_columns else NULL
        with nogil:
            status = gs_dji_begin(n, columns, n_columns, &self.words, &self.table)
        if status == 4:
            raise MemoryError
        if status:
            raise ValueError("a column that cannot be made")

    def __dealloc__(self):
        cdef ArrowArray *array = <ArrowArray *>self.handed
        gs_dji_drop(self.table)
        if array.release != NULL:
            array.release(array)

    def fill(self, Rows rows not None, int64_t first, int64_t after):
        """Fill the rows from `first`, a multiple of 8, to before `after`; gives 0 or an error number of dji.h."""
        cdef int status
        if self.table == NULL or rows.rows.n != self.n or not 0 <= first <= after <= self.n:
            raise ValueError("these are no rows of the table")
        with nogil:
            status = gs_dji_fill(self.table, &rows.rows, first, after)
        return status

    def finish(self):
        """Make it an ArrowArray; gives 0 or an error number of dji.h."""
        cdef int status
        cdef gs_dji_table *table = self.table
        if table == NULL:
            raise ValueError("it is finished")
        self.table = NULL
        with nogil:
            status = gs_dji_finish(table, <ArrowArray *>self.handed)
        return status

    @property
    def address(self):
        """Where the ArrowArray is."""
        return <uintptr_t>self.handed
