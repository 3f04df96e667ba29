/* Any bytes as a log: what the kernel says of them lies inside, ascends, and is what it promises. */
#include "dataflash.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEADER 3

static void expect(int holds)
{
    if (!holds) abort();
}

/* The lengths that the log's own definitions state, each wherever it stands; 0 for types that none does. */
static void read_lengths(const uint8_t *data, int64_t size, int32_t *lengths)
{
    memset(lengths, 0, 256 * sizeof *lengths);
    lengths[0x80] = 89;
    for (int64_t at = gs_dataflash_definition(data, size, 0); at < size;) {
        expect(data[at] == 0xA3 && data[at + 1] == 0x95 && data[at + 2] == 0x80 && at + 6 <= size);
        lengths[data[at + 3]] = data[at + 4];
        int64_t next = gs_dataflash_definition(data, size, at + 1);
        expect(next > at);
        at = next;
    }
}

static int64_t walk(const uint8_t *data, int64_t size, const int32_t *lengths, int64_t *offsets, int64_t room)
{
    int64_t at = 0, n = 0;
    while (at < size && n < room) {
        int64_t from = at, taken = gs_dataflash_follow(data, size, at, size, lengths, offsets + n, room - n, &at);
        expect(taken >= 0 && at >= from && at <= size && (taken > 0) == (at > from));
        for (int64_t i = n; i < n + taken; i++) expect(offsets[i] >= from && (i == 0 || offsets[i] > offsets[i - 1]));
        n += taken;
        if (!taken) {
            at = gs_dataflash_joined(data, size, from + 1, lengths);
            expect(at > from && at <= size);
        }
    }
    return n;
}

static void sort(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n, int64_t byte)
{
    int64_t counts[256], *sorted = malloc((size_t)(n + 1) * sizeof *sorted), at = 0;
    uint8_t *keys = malloc((size_t)n + 1);
    int status = gs_dataflash_sorted(data, size, offsets, n, byte, keys, sorted, counts);
    for (int v = 0; !status && v < 256; v++)
        for (int64_t i = 0; i < counts[v]; i++, at++)
            expect(data[sorted[at] + byte] == v && (i == 0 || sorted[at] > sorted[at - 1]));
    expect(status == 1 || at == n);
    free(keys);
    free(sorted);
}

static void times(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n, int32_t place, int32_t width)
{
    int64_t *kept = malloc((size_t)(n + 1) * sizeof *kept), stretch[3] = {1000, 0, INT64_MAX};
    uint64_t *values = malloc((size_t)(n + 1) * sizeof *values);
    int32_t places[256];
    for (int i = 0; i < 256; i++) places[i] = i % 2 ? place : 0;
    int64_t found = gs_dataflash_stamps(data, size, offsets, n, places, width, kept, values);
    expect(found >= -1 && found <= n);
    found = gs_dataflash_between(data, size, offsets, n, place, width, stretch, kept);
    expect(found >= -1 && found <= n);
    for (int64_t i = 1; i < found; i++) expect(kept[i] > kept[i - 1]);
    free(values);
    free(kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    int64_t size = (int64_t)length, n, start = 0, found, room = size + 1;
    int32_t lengths[256];
    /* On the heap, of its exact size, so that a byte too far is seen. */
    uint8_t *data = malloc(length ? length : 1);
    if (length) memcpy(data, bytes, length);
    int64_t *offsets = malloc((size_t)room * sizeof *offsets);
    read_lengths(data, size, lengths);
    n = walk(data, size, lengths, offsets, room);
    sort(data, size, offsets, n, 2);
    sort(data, size, offsets, n, length ? data[0] : 0);
    for (int32_t place = 2; place < 5; place++) times(data, size, offsets, n, place, place % 2 ? 8 : 4);
    do {
        int64_t from = start;
        found = gs_dataflash_headers(data, size, &start, offsets, room < 7 ? room : 7);
        expect(start >= from && start <= size);
        for (int64_t i = 0; i < found; i++)
            expect(offsets[i] >= from && offsets[i] <= size - HEADER && data[offsets[i] + 1] == 0x95);
    } while (found);
    free(offsets);
    free(data);
    return 0;
}
