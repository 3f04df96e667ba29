/* DJI flight records: the records of one type, and what they hold. */
#ifndef GROUNDSIDE_DJI_ROWS_H
#define GROUNDSIDE_DJI_ROWS_H

#include <stdint.h>
#include <string.h>

#include "dji.h"

#define GS_DJI_KEY_BYTES 8
#define GS_DJI_AHEAD 16 /* records to be fetched before they are needed: they lie far apart */

/*
 * Some records of a file.
 *
 * starts, lengths: of each of the `n_records` of the file. which: the numbers of the `n` that are meant. keys: NULL; or,
 * where payloads are scrambled, the key for each value of their first byte: what they hold is behind that byte, and
 * GS_DJI_OVERHEAD bytes shorter. places: of each record of the file, for GS_DJI_PLACE; NULL where that is not asked for.
 * head: what is taken from a place.
 */
struct gs_dji_rows {
    const uint8_t *data;
    int64_t size;
    const int64_t *starts;
    const int32_t *lengths;
    const int64_t *places;
    int64_t n_records;
    const int64_t *which;
    int64_t n;
    const uint64_t *keys;
    int64_t head;
};

/* Say how many bytes a record holds, -1 where it lies outside of the data; and where they begin, with their key. */
static inline int32_t gs_dji_content_of(const struct gs_dji_rows *r, int64_t row, const uint8_t **from, uint64_t *key)
{
    const int64_t number = r->which[row];
    if (number < 0 || number >= r->n_records) return -1;
    const int64_t start = r->starts[number], length = r->lengths[number];
    if (start < 0 || length < 0 || start > r->size || length > r->size - start) return -1;
    *key = 0;
    *from = r->data + start;
    if (!r->keys) return (int32_t)length;
    if (length <= GS_DJI_OVERHEAD) return 0;
    *key = r->keys[*(*from)++];
    return (int32_t)length - GS_DJI_OVERHEAD;
}

/* Copy the bytes from `j`, a whole number of words, to before `size`, undoing the scrambling. */
static inline void gs_dji_copy_plain(const uint8_t *restrict from, uint64_t key, uint8_t *restrict to, int32_t j,
                                     int32_t size)
{
    uint64_t words[2];
    for (; j + 2 * GS_DJI_KEY_BYTES <= size; j += 2 * GS_DJI_KEY_BYTES) {
        memcpy(words, from + j, sizeof words);
        words[0] ^= key;
        words[1] ^= key;
        memcpy(to + j, words, sizeof words);
    }
    if (j + GS_DJI_KEY_BYTES <= size) {
        memcpy(words, from + j, GS_DJI_KEY_BYTES);
        words[0] ^= key;
        memcpy(to + j, words, GS_DJI_KEY_BYTES);
        j += GS_DJI_KEY_BYTES;
    }
    for (; j < size; j++, key >>= 8) to[j] = (uint8_t)(from[j] ^ key);
}

/* Have the bytes of a row fetched that is soon to be read: its first, and those from `low` to before `end`. */
static inline void gs_dji_fetch_ahead(const struct gs_dji_rows *r, int64_t row, int32_t low, int32_t end)
{
    if (row >= r->n || r->which[row] < 0 || r->which[row] >= r->n_records) return;
    const int64_t start = r->starts[r->which[row]];
    if (start < 0 || start > r->size - end) return;
    const uint8_t *first = r->data + start;
    __builtin_prefetch(first);
    if (end - low > 1) __builtin_prefetch(first + end);
}

/* Give the bytes that row `row` holds, or -1 where it lies outside of the data; write them to `out` unless it is NULL. */
int32_t gs_dji_content(const struct gs_dji_rows *rows, int64_t row, uint8_t *out);

/* Write the first byte that each record holds, 0 where it holds none. Gives an error number. */
int gs_dji_firsts(const struct gs_dji_rows *rows, uint8_t *out);

/*
 * Say whether the two angles (radians, double) that each record begins with are steady: 1 or 0, or -1 where a record lies
 * outside of the data.
 *
 * Steady are those of which each is not greater than `most[0]` or `most[1]` either way, and 0 or not smaller than `least`;
 * or is `none`; and which, where neither is 0 and the first not greater than `most[0]`, together never step by `far` or
 * more: the greatest step of the first plus the greatest step of the second.
 */
int gs_dji_steady(const struct gs_dji_rows *rows, const double most[2], double least, double none, double far);

#endif
