/* DJI flight records: the walk along the chain, the scrambling undone, and fields of records as columns. */
#ifndef GROUNDSIDE_DJI_H
#define GROUNDSIDE_DJI_H

#include <stdint.h>

enum gs_dji_error {
    GS_DJI_OK = 0,
    GS_DJI_OUT_OF_RANGE = 1,
    GS_DJI_NO_ROOM = 2,
    GS_DJI_BAD_COLUMN = 3,
    GS_DJI_NO_MEMORY = 4,
};

/* Bytes of a scrambled payload that are no content: the key byte before it, and one after it. */
#define GS_DJI_OVERHEAD 2

/*
 * Walk along records (type u8, length u8 or u16, payload, 0xFF) as long as one follows the other.
 *
 * at: where to begin, and then where it ended. wide: whether a length takes two bytes. kinds, starts, lengths: where
 * the type, the first byte of the payload and its length are written, with room for `room` records.
 * Gives how many records were written; `room` where there may be more.
 */
int64_t gs_dji_walk(const uint8_t *data, int64_t end, int wide, int64_t *at, uint8_t *kinds, int64_t *starts,
                    int32_t *lengths, int64_t room);

/*
 * Undo the scrambling of `n` payloads, one after the other into `out`.
 *
 * crc: the table of the CRC-64 by which keys are made. places, sizes: where the content of each begins in `out`, and
 * how many bytes it has.
 */
int gs_dji_unscramble(const uint8_t *data, int64_t size, const uint8_t *kinds, const int64_t *starts,
                      const int32_t *lengths, int64_t n, const uint64_t *crc, uint8_t *out, int64_t room,
                      int64_t *places, int32_t *sizes);

/*
 * Copy `n` stretches of bytes.
 *
 * from, to: where each begins in `data` and in `out`. sizes: bytes of each.
 */
int gs_dji_copy(const uint8_t *data, int64_t size, const int64_t *from, const int32_t *sizes, int64_t n, uint8_t *out,
                int64_t room, const int64_t *to);

/*
 * Bring the numbers of records together by their type, each type in order, but for those left out.
 *
 * order: as many numbers as there are records left. ends: for each of the 256 types, where it ends in `order`.
 */
void gs_dji_group(const uint8_t *kinds, const uint8_t *left_out, int64_t n, int64_t *order, int64_t *ends);

enum gs_dji_op {
    GS_DJI_WHOLE = 0,  /* the value as it stands; of one byte, the bits of `mask` shifted down */
    GS_DJI_FLAG = 1,   /* whether any bit of `mask` is set in one byte, to a bit */
    GS_DJI_NUMBER = 2, /* to double: value / divide + add; NaN where it is not there, not between or not finite */
    GS_DJI_ANGLE = 3,  /* the same from radians to degrees; NaN past `most` either way */
};

enum gs_dji_code { GS_U1, GS_I1, GS_U2, GS_I2, GS_U4, GS_I4, GS_U8, GS_I8, GS_F4, GS_F8 };

struct gs_dji_column {
    int32_t op;
    int32_t at; /* first byte in the content of a record */
    int32_t code;
    int32_t mask;     /* 0 where all bits */
    int64_t values;   /* where in the arena its values begin */
    int64_t validity; /* where in the arena its bits of validity begin: for GS_DJI_WHOLE and GS_DJI_FLAG */
    double divide, add;
    double least, most; /* values outside, or equal, are not there; `most` alone for GS_DJI_ANGLE, where equal is */
};

/*
 * Turn fields of `n` records into columns.
 *
 * starts, sizes: of the content of each record. keys: NULL; or, where the content is scrambled, the key for each value
 * of the byte at `starts`, and the content is behind that byte. arena: where columns are written, `room` bytes. nulls: for each column,
 * how many of its rows are past the end of their record.
 */
int gs_dji_columns(const uint8_t *data, int64_t size, const int64_t *starts, const int32_t *sizes, int64_t n,
                   const uint64_t *keys, const struct gs_dji_column *columns, int32_t n_columns, uint8_t *arena,
                   int64_t room, int64_t *nulls);

/*
 * Say in words what `n` numbers of one byte stand for.
 *
 * validity: a bit for each, or NULL where all are there; of the others the text is empty. ends: 257 of them; the text
 * of number k is `texts` from ends[k] to ends[k + 1], ascending from 0. offsets: n + 1 are written. out: NULL where
 * only the offsets are wanted; `room` bytes. Gives how many bytes there are; -1 where they are too many.
 */
int64_t gs_dji_words(const uint8_t *numbers, const uint8_t *validity, int64_t n, const int32_t *ends,
                     const uint8_t *texts, int32_t *offsets, uint8_t *out, int64_t room);

#endif
