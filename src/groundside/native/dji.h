/* DJI flight records: the walk along the chain, and the scrambling undone; their columns are in dji_table.h. */
#ifndef GROUNDSIDE_DJI_H
#define GROUNDSIDE_DJI_H

#include <stdint.h>

enum gs_dji_error {
    GS_DJI_OK = 0,
    GS_DJI_OUT_OF_RANGE = 1,
    GS_DJI_NO_ROOM = 2,
    GS_DJI_BAD_COLUMN = 3,
    GS_DJI_NO_MEMORY = 4,
    GS_DJI_TOO_MUCH = 5,
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
 * left_out: NULL where none is. order: as many numbers as there are records left. ends: for each of the 256 types, where
 * it ends in `order`. least: for each type, the fewest bytes that any of its records left has by `lengths`.
 */
void gs_dji_group(const uint8_t *kinds, const uint8_t *left_out, const int32_t *lengths, int64_t n, int64_t *order,
                  int64_t *ends, int32_t *least);

#endif
