/* ArduPilot DataFlash: the chain of records, and what begins one. Nothing here allocates. */
#ifndef GROUNDSIDE_DATAFLASH_H
#define GROUNDSIDE_DATAFLASH_H

#include <stdint.h>

/*
 * Follow the chain of records from `start`: each begins with A3 95 and its type, and the next begins where it ends.
 *
 * lengths: 256 record lengths by type; below 1 for a type that is not defined. stop: no record is begun at or after
 * it. offsets: where each record begins, at most `room` of them. *at: the first place at which no record was taken.
 * Gives how many were.
 */
int64_t gs_dataflash_follow(const uint8_t *data, int64_t size, int64_t start, int64_t stop, const int32_t *lengths,
                            int64_t *offsets, int64_t room, int64_t *at);

/*
 * Sort records by one of their bytes, those of one value in the order given.
 *
 * at: which byte. keys: room for `n` of them. counts: 256, records by the value of it. Gives 1, and nothing else, where a record lies outside.
 */
int gs_dataflash_sorted(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n, int64_t at,
                        uint8_t *keys, int64_t *sorted, int64_t *counts);

/* The first place from `start` on where the head of a definition (FMT) stands; `size` where none does. */
int64_t gs_dataflash_definition(const uint8_t *data, int64_t size, int64_t start);

/*
 * The first place from `start` on where a chain may begin: a record of a defined type that ends at another, at the
 * start of one cut short by the end, or at the end, give or take a byte; `size` where there is none.
 */
int64_t gs_dataflash_joined(const uint8_t *data, int64_t size, int64_t start, const int32_t *lengths);

/* Places from *start on at which a header stands, in payloads too; at most `room`. *start: where to go on. */
int64_t gs_dataflash_headers(const uint8_t *data, int64_t size, int64_t *start, int64_t *places, int64_t room);

/*
 * Boot times of records, in order of the file, as they are stored.
 *
 * offsets: ascending. places: 256, by type the byte at which the time stands; 0 where there is none. width: 8 or 4,
 * bytes of it. kept, values: `n` of each, of the records that have one. Gives how many; -1 where one lies outside.
 */
int64_t gs_dataflash_stamps(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n,
                            const int32_t *places, int32_t width, int64_t *kept, uint64_t *values);

/*
 * Records whose boot time is in a stretch, in the order given.
 *
 * at: the byte at which the time stands. width: 8 or 4, bytes of it. times: three of them. Where the width is 4 wraps
 * are undone, from times[0] on, which is within 2^31 of the first. From times[1] to times[2], half open. kept: room for `n`. Gives how many; -1 where a record lies outside.
 */
int64_t gs_dataflash_between(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n, int64_t at,
                             int32_t width, const int64_t *times, int64_t *kept);

#endif
