/* ULog: data messages sorted by their id, their clock, and whether their characters are text. */
#ifndef GROUNDSIDE_ULOG_DATA_H
#define GROUNDSIDE_ULOG_DATA_H

#include <stdint.h>

#define GS_ULOG_AROUND 17

/*
 * Sort `n` data messages by id, those of one id in their order.
 *
 * ends: for each id up to the greatest, where in `places` those of it end; they begin where those of the id before
 * end. All zero when called. places: first byte behind the id of each message, sorted. Gives the greatest id.
 */
int64_t gs_ulog_sort(const int64_t *offsets, const uint16_t *ids, int64_t n, int64_t *ends, int64_t *places);

struct gs_ulog_clock {
    int64_t first; /* least time above zero; 0 where there is none */
    int64_t last;  /* greatest time */
    int32_t bad;   /* some time is negative or greater than `most` */
    int32_t ahead; /* some time is more than `jump` later than most of the GS_ULOG_AROUND around it */
};

/*
 * Read the times of data messages; `place` says for each id where in a message the time is.
 *
 * Gives -1, or the first message whose time does not lie in the data.
 */
int64_t gs_ulog_clock(const uint8_t *data, int64_t size, const int64_t *offsets, const uint16_t *ids, int64_t n,
                      const int32_t *place, int64_t most, int64_t jump, struct gs_ulog_clock *out);

/* For each of some offsets: the latest time of the `recent` data messages before it, -1 where there are none. */
int64_t gs_ulog_latest(const uint8_t *data, int64_t size, const int64_t *offsets, const uint16_t *ids, int64_t n,
                       const int32_t *place, int64_t recent, const int64_t *asked, int64_t n_asked, int64_t *times);

/* Whether a field is text up to its first NUL in all records: UTF-8, of the controls only tab to CR and ESC. */
int gs_ulog_is_text(const uint8_t *data, int64_t size, const int64_t *places, int64_t n, int64_t at, int64_t width);

#endif
