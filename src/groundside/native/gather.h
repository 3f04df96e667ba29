/* Columns out of records: the one kernel by which every binary format becomes Arrow arrays. */
#ifndef GROUNDSIDE_GATHER_H
#define GROUNDSIDE_GATHER_H

#include <stdint.h>

#include "arrow.h"

enum gs_op {
    GS_COPY = 0,     /* width 1, 2, 4 or 8: the value as it stands, little endian */
    GS_SCALE_I2 = 1, /* to double, divided by `divisor` */
    GS_SCALE_U2 = 2,
    GS_SCALE_I4 = 3,
    GS_SCALE_U4 = 4,
    GS_HALF = 5,  /* IEEE 754 binary16 to float */
    GS_BOOL = 6,  /* one byte, true where it is not 0, to a bit */
    GS_TEXT = 7,  /* `width` bytes up to the first NUL, to text; see `not_ascii` */
    GS_BYTES = 8, /* `width` bytes as they stand, to fixed-size binary */
    GS_LIST = 9,  /* `count` values of `width` bytes, to a fixed-size list */
    GS_GIVEN = 10, /* nothing is gathered: the column is number `at` of those given, `width` bytes a row */
};

struct gs_column {
    int32_t op;
    int32_t at; /* first byte in the record */
    int32_t width;
    int32_t count;
    double divisor;
};

enum gs_error { GS_OK = 0, GS_NO_MEMORY = 1, GS_OUT_OF_RANGE = 2, GS_BAD_COLUMN = 3 };

/* Columns that are there already; who has the last array of the outcome calls `let_go` for all of them. */
struct gs_given {
    const void *const *columns;
    int32_t n;
    void *owner;
    void (*let_go)(void *owner);
};

/*
 * Gather columns of `n` records into a new struct array.
 *
 * data, size: the file. offsets: first byte of each record. lengths: bytes that each record has from there on, the
 * rest reads as zero; NULL where all have what the columns need. not_ascii: a byte for each column, set to 1 where a
 * GS_TEXT column holds a byte above 127, so that the caller can read it with care. given: NULL where no column is
 * GS_GIVEN; `let_go` is called only for what was handed over. out: released by its receiver.
 */
int gs_gather(const uint8_t *data, int64_t size, const int64_t *offsets, const int32_t *lengths, int64_t n,
              const struct gs_column *columns, int32_t n_columns, uint8_t *not_ascii,
              const struct gs_given *given, struct ArrowArray *out);

#endif
