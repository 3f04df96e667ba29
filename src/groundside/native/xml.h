/* The elements of a well-formed XML document; whatever is unusual is left to the caller. */
#ifndef GROUNDSIDE_XML_H
#define GROUNDSIDE_XML_H

#include <stdint.h>

enum {
    GS_XML_DEEPEST = 200, /* elements within one another */
    GS_XML_NAMES = 1024,  /* names, and each of them at most so long: */
    GS_XML_LONGEST_NAME = 255,
    GS_XML_ATTRIBUTES = 64, /* of one element */
};

enum gs_xml_flag {
    GS_XML_LEAF = 1,    /* no element in it */
    GS_XML_BY_HAND = 2, /* its bytes are not its text: there are references, comments, CDATA or carriage returns */
};

/* An element, in order of its start. Its text is [text, end), which is empty for `<a/>`: then both are behind it. */
struct gs_xml_node {
    int64_t begin; /* of its start tag */
    int64_t text;  /* behind its start tag */
    int64_t end;   /* of what is in it: where its end tag begins */
    int32_t parent; /* -1: none */
    int32_t attributes; /* number of its first */
    uint16_t name;
    uint16_t n_attributes;
    uint32_t flags;
};

struct gs_xml_attribute {
    int64_t begin; /* of its value, without quotes */
    int32_t length;
    int32_t name;
};

struct gs_xml_name {
    int64_t begin;
    int64_t length;
};

/* Arrays to be filled, each with the room that there is, and how much of it is taken. */
struct gs_xml_found {
    struct gs_xml_node *nodes;
    struct gs_xml_attribute *attributes;
    struct gs_xml_name *names; /* of GS_XML_NAMES */
    int64_t room, room_attributes;
    int64_t n, n_attributes, n_names;
};

/* How many `<` without `/`, and `=`, there are before the last byte: no document has more elements and attributes. */
void gs_xml_count(const uint8_t *data, int64_t size, int64_t *elements, int64_t *attributes);

/*
 * Walk through a document from behind its XML declaration. Gives 0, or 1 where it is not certain to be a whole
 * document in UTF-8 with neither a document type nor entities of its own; what was found then means nothing.
 */
int gs_xml_walk(const uint8_t *data, int64_t size, int64_t at, struct gs_xml_found *found);

#endif
