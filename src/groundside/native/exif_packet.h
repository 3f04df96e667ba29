/* An XMP packet of nothing but attributes, plain texts and lists of them. What is not certain to be such is left alone. */
#ifndef GROUNDSIDE_EXIF_PACKET_H
#define GROUNDSIDE_EXIF_PACKET_H

#include <stdint.h>

enum {
    GS_PACKET_PARTS = 1024,
    GS_PACKET_BESIDE = 512, /* attributes of one element */
};

enum gs_packet_kind {
    GS_PACKET_ATTRIBUTE = 1, /* name="value" of one of the elements around: x:xmpmeta, rdf:RDF, rdf:Description */
    GS_PACKET_TEXT = 2,      /* <name>value</name> */
    GS_PACKET_LIST = 3,      /* <name> of a list, without a value: its items follow */
    GS_PACKET_ITEM = 4,      /* <rdf:li>value</rdf:li>, without a name */
};

struct gs_packet_part {
    int32_t kind;
    int32_t name, name_size, value, value_size; /* bytes in the packet */
};

struct gs_packet {
    struct gs_packet_part parts[GS_PACKET_PARTS];
    int32_t n;
};

/*
 * Take a packet apart; gives 1, or 0 where it holds anything else: entities, comments, structures, characters beyond
 * ASCII, attributes named twice. `size` is below 2 GiB. What it takes apart is well-formed.
 */
int gs_packet_parts(const uint8_t *data, int64_t size, struct gs_packet *found);

#endif
