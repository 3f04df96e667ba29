/* DJI flight records: what becomes of one field of a block of records. */
#ifndef GROUNDSIDE_DJI_FIELDS_H
#define GROUNDSIDE_DJI_FIELDS_H

#include <stdint.h>

#include "dji_rows.h"

#define GS_DJI_BLOCK 256 /* records in one go over all columns: their bytes stay in the fastest cache meanwhile */

enum gs_dji_op {
    GS_DJI_WHOLE = 0,  /* the value as it stands; of one byte, the bits of `mask` shifted down */
    GS_DJI_FLAG = 1,   /* whether any bit of `mask` is set in one byte, to a bit */
    GS_DJI_WORDS = 2,  /* the bits of `mask` of one byte, said in words */
    GS_DJI_NUMBER = 3, /* to double: value / divide + add; NaN where it is not there, not between or not finite */
    GS_DJI_ANGLE = 4,  /* the same from radians to degrees; NaN past `most` either way */
    GS_DJI_ROW = 5,    /* the number of the record in the file */
    GS_DJI_PLACE = 6,  /* its place, less `head` */
};

enum gs_dji_code { GS_U1, GS_I1, GS_U2, GS_I2, GS_U4, GS_I4, GS_U8, GS_I8, GS_F4, GS_F8 };

struct gs_dji_column {
    int32_t op;
    int32_t at; /* first byte in the content of a record */
    int32_t code;
    int32_t mask;  /* 0 where all bits */
    int64_t words; /* GS_DJI_WORDS: which list of texts */
    double divide, add;
    double least, most; /* values outside, or equal, are not there; `most` alone for GS_DJI_ANGLE, where equal is */
};

/* Where a column is made. There is room behind `values` of single bytes for as many as make a word. */
struct gs_dji_made {
    uint8_t *values, *validity;
    int32_t *offsets; /* GS_DJI_WORDS: where each text begins; `values` are its numbers */
    int64_t nulls;
};

/* A block of rows, each as wide as the columns need and filled up with zeros; and how many bytes it really has. */
struct gs_dji_block {
    const uint8_t *rows;
    int64_t stride, first, n;
    int any_short;
    int32_t sizes[GS_DJI_BLOCK];
    int32_t bytes_of; /* which byte of each row `bytes` holds; -1 none */
    uint8_t bytes[GS_DJI_BLOCK];
};

/* Bytes of a number of each code. */
static inline int32_t gs_dji_width(int32_t code)
{
    static const int32_t WIDTH[] = {1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    return WIDTH[code];
}

/* Make one column of a block of rows. */
void gs_dji_make(struct gs_dji_block *block, const struct gs_dji_rows *rows, const struct gs_dji_column *asked,
                 struct gs_dji_made *made);

#endif
