# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of xml.c and xml_values.c."""

from libc.stdint cimport int64_t, uint8_t


cdef extern from "xml.h":
    enum:
        GS_XML_NAMES

    struct gs_xml_node:
        pass

    struct gs_xml_attribute:
        pass

    struct gs_xml_name:
        pass

    struct gs_xml_found:
        gs_xml_node *nodes
        gs_xml_attribute *attributes
        gs_xml_name *names
        int64_t room
        int64_t room_attributes
        int64_t n
        int64_t n_attributes
        int64_t n_names

    void gs_xml_count(const uint8_t *data, int64_t size, int64_t *elements, int64_t *attributes) nogil
    int gs_xml_walk(const uint8_t *data, int64_t size, int64_t at, gs_xml_found *found) nogil


cdef extern from "xml_values.h":
    struct gs_xml_span:
        pass

    int64_t gs_xml_instants(const uint8_t *data, int64_t size, const gs_xml_span *spans, int64_t n, int64_t *us) nogil
    int gs_xml_words(const uint8_t *data, int64_t size, const gs_xml_span *spans, int64_t n, int sign,
                     gs_xml_span *words) nogil


def count(const uint8_t[::1] data):
    """How many elements and attributes there can be at most."""
    cdef int64_t elements = 0, attributes = 0
    if data.shape[0]:
        with nogil:
            gs_xml_count(&data[0], data.shape[0], &elements, &attributes)
    return elements, attributes


def walk(const uint8_t[::1] data, int64_t at, uint8_t[::1] nodes, uint8_t[::1] attributes, uint8_t[::1] names):
    """Fill the three arrays; gives how many of each there are, None where the document is not certain to be whole."""
    cdef gs_xml_found found
    cdef int unsure
    if data.shape[0] == 0 or nodes.shape[0] == 0 or attributes.shape[0] == 0:
        return None
    if names.shape[0] != GS_XML_NAMES * <int64_t>sizeof(gs_xml_name):
        raise ValueError("there is too little room for names")
    found.nodes = <gs_xml_node *>&nodes[0]
    found.attributes = <gs_xml_attribute *>&attributes[0]
    found.names = <gs_xml_name *>&names[0]
    found.room = nodes.shape[0] // sizeof(gs_xml_node)
    found.room_attributes = attributes.shape[0] // sizeof(gs_xml_attribute)
    with nogil:
        unsure = gs_xml_walk(&data[0], data.shape[0], at, &found)
    return None if unsure else (found.n, found.n_attributes, found.n_names)


def instants(const uint8_t[::1] data, const uint8_t[::1] spans, int64_t[::1] us):
    """Fill us; gives the number of the first text that is no usual time, -1 where one is not inside the data."""
    cdef int64_t n = spans.shape[0] // sizeof(gs_xml_span), first
    if us.shape[0] != n:
        raise ValueError("spans and us do not belong together")
    if n == 0:
        return 0
    cdef const uint8_t *begin = &data[0] if data.shape[0] else NULL
    with nogil:
        first = gs_xml_instants(begin, data.shape[0], <const gs_xml_span *>&spans[0], n, &us[0])
    return first


def words(const uint8_t[::1] data, const uint8_t[::1] spans, int sign, uint8_t[::1] out):
    """Fill out, three spans a text; gives 1 where one is not ASCII, -1 where one is not inside the data."""
    cdef int64_t n = spans.shape[0] // sizeof(gs_xml_span)
    cdef int status
    if out.shape[0] != 3 * spans.shape[0]:
        raise ValueError("spans and words do not belong together")
    if n == 0:
        return 0
    cdef const uint8_t *begin = &data[0] if data.shape[0] else NULL
    with nogil:
        status = gs_xml_words(begin, data.shape[0], <const gs_xml_span *>&spans[0], n, sign, <gs_xml_span *>&out[0])
    return status
