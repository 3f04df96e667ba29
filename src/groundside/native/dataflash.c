#include "dataflash.h"

#include <string.h>

#define HEADER 3
#define FMT 0x80
#define FMT_HEAD 6 /* header, type, length, first letter of the name */
#define BLOCK 64

static int is_header(const uint8_t *at) { return at[0] == 0xA3 && at[1] == 0x95; }

int64_t gs_dataflash_follow(const uint8_t *data, int64_t size, int64_t start, int64_t stop, const int32_t *lengths,
                            int64_t *offsets, int64_t room, int64_t *at)
{
    int64_t n = 0, here = start;
    if (stop > size - HEADER + 1) stop = size - HEADER + 1;
    while (n < room && here >= 0 && here < stop && is_header(data + here)) {
        int64_t length = lengths[data[here + 2]];
        if (length < 1 || length > size - here) break;
        offsets[n++] = here;
        here += length;
    }
    *at = here;
    return n;
}

int gs_dataflash_sorted(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n, int64_t at,
                        uint8_t *keys, int64_t *sorted, int64_t *counts)
{
    int64_t next[256], before = 0;
    memset(counts, 0, 256 * sizeof *counts);
    if (at < 0) return 1;
    /* Bytes first, counts after: a count that waits for a byte far away would hold up the bytes after it. */
    for (int64_t i = 0; i < n; i++) {
        if (offsets[i] < 0 || offsets[i] >= size - at) return 1;
        keys[i] = data[offsets[i] + at];
    }
    for (int64_t i = 0; i < n; i++) counts[keys[i]]++;
    for (int v = 0; v < 256; v++) {
        next[v] = before;
        before += counts[v];
    }
    for (int64_t i = 0; i < n; i++) sorted[next[keys[i]]++] = offsets[i];
    return 0;
}

static int is_word(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= 'a' && c <= 'z');
}

/* Whether FMT's header may begin in a block; in a form that a compiler turns into vectors. */
static int any_definition(const uint8_t *at)
{
    uint8_t any = 0;
    for (int i = 0; i < BLOCK; i++) any |= (at[i] == 0xA3) & (at[i + 1] == 0x95) & (at[i + 2] == FMT);
    return any;
}

int64_t gs_dataflash_definition(const uint8_t *data, int64_t size, int64_t start)
{
    int64_t at = start < 0 ? 0 : start, last = size - FMT_HEAD;
    while (at <= last) {
        int64_t end = at + BLOCK;
        if (end + 2 <= size && !any_definition(data + at)) {
            at = end;
            continue;
        }
        for (; at < end && at <= last; at++)
            if (is_header(data + at) && data[at + 2] == FMT && data[at + 4] >= HEADER && is_word(data[at + 5]))
                return at;
    }
    return size;
}

int64_t gs_dataflash_joined(const uint8_t *data, int64_t size, int64_t start, const int32_t *lengths)
{
    int64_t at = start < 0 ? 0 : start;
    for (; at <= size - HEADER; at++) {
        const uint8_t *found = memchr(data + at, 0xA3, (size_t)(size - HEADER + 1 - at));
        if (!found) break;
        at = found - data;
        int64_t length = lengths[found[2]];
        if (found[1] != 0x95 || length < 1 || length > size - at) continue;
        int64_t after = at + length;
        if (after >= size - 1) return at;
        if (is_header(data + after) && (after == size - 2 || lengths[data[after + 2]] > 0)) return at;
    }
    return size;
}

int64_t gs_dataflash_headers(const uint8_t *data, int64_t size, int64_t *start, int64_t *places, int64_t room)
{
    int64_t n = 0, at = *start < 0 ? 0 : *start, end = size - HEADER + 1;
    while (n < room && at < end) {
        const uint8_t *found = memchr(data + at, 0xA3, (size_t)(end - at));
        if (!found) {
            at = end;
            break;
        }
        at = found - data + 1;
        if (found[1] == 0x95) places[n++] = at - 1;
    }
    *start = at;
    return n;
}

static uint64_t number(const uint8_t *at, int32_t width)
{
    uint64_t wide;
    uint32_t narrow;
    if (width == 8) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    memcpy(&narrow, at, sizeof narrow);
    return narrow;
}

int64_t gs_dataflash_stamps(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n,
                            const int32_t *places, int32_t width, int64_t *kept, uint64_t *values)
{
    int64_t found = 0;
    if (width != 4 && width != 8) return -1;
    for (int64_t i = 0; i < n; i++) {
        int64_t at = offsets[i];
        if (at < 0 || at > size - HEADER) return -1;
        int32_t place = places[data[at + 2]];
        if (place < 1) continue;
        if (place > size - at - width) return -1;
        kept[found] = at;
        values[found++] = number(data + at + place, width);
    }
    return found;
}

int64_t gs_dataflash_between(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n, int64_t at,
                             int32_t width, const int64_t *times, int64_t *kept)
{
    int64_t found = 0, clock = times[0];
    uint64_t from = times[1] < 0 ? 0 : (uint64_t)times[1], to = times[2] < 0 ? 0 : (uint64_t)times[2];
    if ((width != 4 && width != 8) || at < 0) return -1;
    for (int64_t first = 0; first < n; first += BLOCK) {
        uint64_t stored[BLOCK];
        int64_t some = n - first < BLOCK ? n - first : BLOCK;
        for (int64_t i = 0; i < some; i++) {
            if (offsets[first + i] < 0 || offsets[first + i] > size - at - width) return -1;
            stored[i] = number(data + offsets[first + i] + at, width);
        }
        for (int64_t i = 0; i < some; i++) {
            uint64_t time = stored[i];
            if (width == 4) {
                /* How far ahead of the one before, modulo 2^32, as a signed number. */
                clock += (int32_t)((uint32_t)time - (uint32_t)clock);
                time = clock < 0 ? UINT64_MAX : (uint64_t)clock;
            }
            kept[found] = offsets[first + i];
            found += (time >= from) & (time < to);
        }
    }
    return found;
}
