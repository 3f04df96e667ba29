/* The directories of a TIFF block: EXIF in a JPEG, or a whole TIFF or DNG. No length or offset in it is trusted. */
#ifndef GROUNDSIDE_EXIF_H
#define GROUNDSIDE_EXIF_H

#include <stdint.h>

enum {
    GS_EXIF_ENTRIES = 2048, /* of all directories together */
    GS_EXIF_FAULTS = 64,
    GS_EXIF_IFDS = 64, /* directories */
    GS_EXIF_CHAIN = 16, /* those that follow one another from the first on: numbers 0 to 15 */
    GS_EXIF_EXIF = 16,
    GS_EXIF_GPS = 17,
    GS_EXIF_INTEROP = 18,
    GS_EXIF_NOTE = 19, /* a maker note that is a directory */
    GS_EXIF_SUB = 32, /* and what follows: the subordinate images */
    GS_EXIF_SUBS = 32,
};

enum gs_exif_code {
    GS_EXIF_IFD_OUTSIDE = 1, /* a directory begins outside the block */
    GS_EXIF_IFD_CUT = 2,     /* a directory ends outside the block: its first entries were read */
    GS_EXIF_VALUE_OUTSIDE = 3,
    GS_EXIF_NO_TYPE = 4, /* an entry of a type that is not known */
    GS_EXIF_LOOP = 5,    /* a directory that was read before */
    GS_EXIF_TOO_MANY = 6, /* the rest is given up */
};

struct gs_exif_entry {
    int32_t ifd;
    uint16_t tag;
    uint16_t type;
    uint32_t count;
    uint32_t at; /* where its value is, in the block: all of it lies inside */
};

struct gs_exif_fault {
    int64_t at;
    int32_t code;
    int32_t tag; /* -1 where it concerns a whole directory */
};

struct gs_exif_found {
    struct gs_exif_entry entries[GS_EXIF_ENTRIES];
    struct gs_exif_fault faults[GS_EXIF_FAULTS];
    int32_t n_entries, n_faults;
    int32_t big; /* the order of bytes: 1 for MM, 0 for II */
};

/*
 * Walk from the header on; gives 0, or 1 where there is none. `size` is below 4 GiB. Or walk through the one directory of
 * a maker note at `at`, in a known order of bytes.
 */
int gs_exif_walk(const uint8_t *data, int64_t size, struct gs_exif_found *found);
void gs_exif_note(const uint8_t *data, int64_t size, int64_t at, int big, struct gs_exif_found *found);

/* Bytes of one value of a type, 0 where the type is not known. */
int gs_exif_width(int type);

/* One number: of whole numbers, and of all others. A fraction of 0/0 is NaN, and n/0 infinite. */
int64_t gs_exif_whole(const uint8_t *value, int type, int big);
double gs_exif_real(const uint8_t *value, int type, int big);

#endif
