# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of dji.c."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t


cdef extern from "dji.h":
    struct gs_dji_column:
        pass

    int64_t gs_dji_walk(const uint8_t *data, int64_t end, int wide, int64_t *at, uint8_t *kinds, int64_t *starts,
                        int32_t *lengths, int64_t room) nogil
    int gs_dji_unscramble(const uint8_t *data, int64_t size, const uint8_t *kinds, const int64_t *starts,
                          const int32_t *lengths, int64_t n, const uint64_t *crc, uint8_t *out, int64_t room,
                          int64_t *places, int32_t *sizes) nogil
    int gs_dji_copy(const uint8_t *data, int64_t size, const int64_t *begins, const int32_t *sizes, int64_t n,
                    uint8_t *out, int64_t room, const int64_t *to) nogil
    void gs_dji_group(const uint8_t *kinds, const uint8_t *left_out, int64_t n, int64_t *order, int64_t *ends) nogil
    int gs_dji_columns(const uint8_t *data, int64_t size, const int64_t *starts, const int32_t *sizes, int64_t n,
                       const uint64_t *keys, const gs_dji_column *columns, int32_t n_columns, uint8_t *arena,
                       int64_t room, int64_t *nulls) nogil
    int64_t gs_dji_words(const uint8_t *numbers, const uint8_t *validity, int64_t n, const int32_t *ends,
                         const uint8_t *texts, int32_t *offsets, uint8_t *out, int64_t room) nogil


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


def group(const uint8_t[::1] kinds, const uint8_t[::1] left_out, int64_t[::1] order, int64_t[::1] ends):
    """Fill `order` and `ends`; `order` has room for all records."""
    cdef int64_t n = kinds.shape[0]
    if left_out.shape[0] != n or order.shape[0] < n or ends.shape[0] != 256:
        raise ValueError("kinds, left_out, order and ends do not belong together")
    if n == 0:
        ends[:] = 0
        return
    with nogil:
        gs_dji_group(&kinds[0], &left_out[0], n, &order[0], &ends[0])


def columns(const uint8_t[::1] data, const int64_t[::1] starts, const int32_t[::1] sizes, const uint64_t[::1] keys,
            const uint8_t[::1] described, uint8_t[::1] arena, int64_t[::1] nulls):
    """Fill the arena with columns; `keys` may be None. Gives 0 or an error number of dji.h."""
    cdef const uint64_t *key = NULL
    cdef int64_t n = starts.shape[0]
    cdef int32_t n_columns = <int32_t>(described.shape[0] // sizeof(gs_dji_column))
    cdef int status
    if sizes.shape[0] != n or nulls.shape[0] < n_columns or described.shape[0] % sizeof(gs_dji_column):
        raise ValueError("starts, sizes, columns and nulls do not belong together")
    if keys is not None:
        if keys.shape[0] != 256:
            raise ValueError("256 keys are needed")
        key = &keys[0]
    if n == 0 or n_columns == 0:
        return 0
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    cdef uint8_t *to = &arena[0] if arena.shape[0] else NULL
    with nogil:
        status = gs_dji_columns(first, data.shape[0], &starts[0], &sizes[0], n, key,
                                <const gs_dji_column *>&described[0], n_columns, to, arena.shape[0], &nulls[0])
    return status


def words(const uint8_t[::1] numbers, const uint8_t[::1] validity, const int32_t[::1] ends, const uint8_t[::1] texts,
          int32_t[::1] offsets, uint8_t[::1] out):
    """Write offsets, and, unless `out` is None, texts; `validity` may be None. Gives the bytes of text, or -1."""
    cdef int64_t n = numbers.shape[0], made
    cdef int k
    if ends.shape[0] != 257 or offsets.shape[0] != n + 1 or (validity is not None and validity.shape[0] * 8 < n):
        raise ValueError("numbers, validity, ends and offsets do not belong together")
    for k in range(257):
        if ends[k] < 0 or ends[k] > texts.shape[0]:
            raise ValueError("ends are not of these texts")
    cdef const uint8_t *first = &numbers[0] if n else NULL
    cdef const uint8_t *bits = &validity[0] if validity is not None and validity.shape[0] else NULL
    cdef const uint8_t *source = &texts[0] if texts.shape[0] else NULL
    cdef uint8_t *to = NULL
    cdef int64_t room = 0
    if out is not None:
        if out.shape[0] == 0:
            return 0
        to, room = &out[0], out.shape[0]
    with nogil:
        made = gs_dji_words(first, bits, n, &ends[0], source, &offsets[0], to, room)
    return made
