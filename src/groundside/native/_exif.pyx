# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of exif.c."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_DecodeLatin1, PyUnicode_DecodeUTF8
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport free, malloc
from libc.string cimport memchr


cdef extern from "exif.h":
    struct gs_exif_entry:
        int32_t ifd
        uint16_t tag
        uint16_t type
        uint32_t count
        uint32_t at

    struct gs_exif_fault:
        int64_t at
        int32_t code
        int32_t tag

    struct gs_exif_found:
        gs_exif_entry *entries
        gs_exif_fault *faults
        int32_t n_entries
        int32_t n_faults
        int32_t big

    int gs_exif_walk(const uint8_t *data, int64_t size, gs_exif_found *found) nogil
    void gs_exif_note(const uint8_t *data, int64_t size, int64_t at, int big, gs_exif_found *found) nogil
    int gs_exif_width(int type) nogil
    int64_t gs_exif_whole(const uint8_t *value, int type, int big) nogil
    double gs_exif_real(const uint8_t *value, int type, int big) nogil


cdef extern from "exif_packet.h":
    enum:
        GS_PACKET_ATTRIBUTE
        GS_PACKET_TEXT
        GS_PACKET_LIST

    struct gs_packet_part:
        int32_t kind
        int32_t name
        int32_t name_size
        int32_t value
        int32_t value_size

    struct gs_packet:
        gs_packet_part *parts
        int32_t n

    int gs_packet_parts(const uint8_t *data, int64_t size, gs_packet *found) nogil


cdef object NAN = float("nan")
"""One for all: values that hold it can then be compared."""


cdef object number(const uint8_t *value, int type, int big):
    cdef double real
    if type == 5 or type == 10 or type == 11 or type == 12:
        real = gs_exif_real(value, type, big)
        return NAN if real != real else real
    return gs_exif_whole(value, type, big)


cdef object text(const uint8_t *value, int64_t size):
    """Text up to the first NUL, without blanks behind it."""
    cdef const void *nul = memchr(value, 0, size) if size else NULL
    if nul != NULL:
        size = <const uint8_t *>nul - value
    while size and value[size - 1] in b" \t\n\r\f\v":
        size -= 1
    try:
        return PyUnicode_DecodeUTF8(<const char *>value, size, NULL)
    except UnicodeDecodeError:
        return PyUnicode_DecodeLatin1(<const char *>value, size, NULL)


cdef object value_of(const uint8_t *data, gs_exif_entry *e, int big, int64_t most_bytes, int64_t most_numbers):
    cdef const uint8_t *value = data + e.at
    cdef int64_t size = e.count
    cdef int width
    if e.type == 2:
        return text(value, size) if size <= most_bytes else None
    if e.type == 7 or (e.type == 1 and e.count != 1):
        return PyBytes_FromStringAndSize(<const char *>value, size) if size <= most_bytes else None
    if e.count == 1:
        return number(value, e.type, big)
    if e.count > most_numbers:
        return None
    width = gs_exif_width(e.type)
    return tuple([number(value + k * width, e.type, big) for k in range(size)])


cdef object told(const uint8_t *data, gs_exif_found *f, dict keys, int64_t most_bytes, int64_t most_numbers):
    cdef gs_exif_entry *e
    cdef int32_t k
    named, rest = {}, []
    for k in range(f.n_entries):
        e = &f.entries[k]
        value = value_of(data, e, f.big, most_bytes, most_numbers)
        key = keys.get(e.ifd << 16 | e.tag)
        if key is None or value is None or type(value) is bytes:
            rest.append((e.ifd << 16 | e.tag, e.type, e.count, e.at, value))
        elif key not in named:
            named[key] = value
    faults = [(f.faults[k].code, f.faults[k].at, f.faults[k].tag) for k in range(f.n_faults)]
    return named, rest, faults, bool(f.big)


def walk(const uint8_t[::1] data, int64_t at, bint big, dict keys, int64_t most_bytes, int64_t most_numbers):
    """Walk through a block, or from `at` on, if it is not 0, through one directory; None where it has no header."""
    cdef gs_exif_found *f
    cdef int status = 0
    if data.shape[0] < 8 or data.shape[0] > 0xFFFFFFFF or not 0 <= at < data.shape[0]:
        return None
    f = <gs_exif_found *>malloc(sizeof(gs_exif_found))
    if f == NULL:
        raise MemoryError
    try:
        with nogil:
            if at:
                gs_exif_note(&data[0], data.shape[0], at, big, f)
            else:
                status = gs_exif_walk(&data[0], data.shape[0], f)
        return told(&data[0], f, keys, most_bytes, most_numbers) if status == 0 else None
    finally:
        free(f)


cdef inline str ascii(const uint8_t *data, int32_t at, int32_t size):
    return PyUnicode_DecodeLatin1(<const char *>data + at, size, NULL)


cdef bint taken(const uint8_t *data, gs_packet *f, dict keys, dict spaces, dict found) except -1:
    """Enter what a packet says; false where one of its names is not known, or stands for another name space."""
    cdef gs_packet_part *p
    cdef int32_t k = 0
    cdef int32_t items
    cdef str name, value
    while k < f.n:
        p = &f.parts[k]
        k += 1
        name = ascii(data, p.name, p.name_size)
        if p.kind == GS_PACKET_ATTRIBUTE and name.startswith("xmlns"):
            if spaces.get(name) != ascii(data, p.value, p.value_size):
                return False
            continue
        key = keys.get(name)
        if key is None or (not key and p.kind != GS_PACKET_ATTRIBUTE):
            return False
        if p.kind == GS_PACKET_LIST:
            items = k
            while k < f.n and f.parts[k].name_size == 0:
                k += 1
            if k - items == 1:
                found[key] = ascii(data, f.parts[items].value, f.parts[items].value_size)
            elif k > items:
                found[key] = tuple([ascii(data, f.parts[n].value, f.parts[n].value_size) for n in range(items, k)])
        elif p.kind == GS_PACKET_TEXT:
            if p.value_size or key not in found:
                found[key] = ascii(data, p.value, p.value_size)
        elif key:
            found[key] = ascii(data, p.value, p.value_size)
    return True


def packet(const uint8_t[::1] data, dict keys, dict spaces):
    """Read a packet of attributes, texts and lists alone; None where it is not certain to be such."""
    cdef gs_packet *f
    cdef int plain
    if not 1 <= data.shape[0] <= 0x7FFFFFFF:
        return None
    f = <gs_packet *>malloc(sizeof(gs_packet))
    if f == NULL:
        raise MemoryError
    try:
        with nogil:
            plain = gs_packet_parts(&data[0], data.shape[0], f)
        found = {}
        return found if plain and taken(&data[0], f, keys, spaces, found) else None
    finally:
        free(f)
