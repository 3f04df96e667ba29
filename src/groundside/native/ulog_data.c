#include "ulog_data.h"

#include <string.h>

#define DATA_HEADER 5
#define SOON 32
#define MOST 65536

static int64_t u64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return (int64_t)value;
}

int64_t gs_ulog_sort(const int64_t *offsets, const uint16_t *ids, int64_t n, int64_t *ends, int64_t *places)
{
    int64_t greatest = 0, before = 0;
    for (int64_t i = 0; i < n; i++) {
        ends[ids[i]]++;
        if (ids[i] > greatest) greatest = ids[i];
    }
    for (int64_t id = 0; id <= greatest; id++) {
        const int64_t count = ends[id];
        ends[id] = before;
        before += count;
    }
    for (int64_t i = 0; i < n; i++) places[ends[ids[i]]++] = offsets[i] + DATA_HEADER;
    return greatest;
}

/* Ask for the message that is read a little later. */
static void foresee(const uint8_t *data, int64_t size, const int64_t *offsets, int64_t n, int64_t i)
{
    if (i + SOON < n && offsets[i + SOON] >= 0 && offsets[i + SOON] < size)
        __builtin_prefetch(data + offsets[i + SOON]);
}

struct stamped {
    const uint8_t *data;
    const int64_t *offsets;
    const uint16_t *ids;
    const int32_t *place;
    int64_t n;
};

static int is_inside(const struct stamped *s, int64_t size, int64_t i)
{
    const int64_t at = s->place[s->ids[i]];
    return at > 0 && s->offsets[i] >= 0 && s->offsets[i] <= size - at - 8;
}

static int64_t time_of(const struct stamped *s, int64_t i)
{
    return u64(s->data + s->offsets[i] + s->place[s->ids[i]]);
}

/* Whether a time is far later than the median of those around it. All of them lie in the data. */
static int is_ahead(const struct stamped *s, int64_t i, int64_t jump)
{
    int64_t sorted[GS_ULOG_AROUND];
    for (int k = 0; k < GS_ULOG_AROUND; k++) {
        int64_t near = i + k - GS_ULOG_AROUND / 2;
        const int64_t time = time_of(s, near < 0 ? 0 : near >= s->n ? s->n - 1 : near);
        int to = k;
        for (; to && sorted[to - 1] > time; to--) sorted[to] = sorted[to - 1];
        sorted[to] = time;
    }
    return time_of(s, i) - sorted[GS_ULOG_AROUND / 2] > jump;
}

int64_t gs_ulog_clock(const uint8_t *data, int64_t size, const int64_t *offsets, const uint16_t *ids, int64_t n,
                      const int32_t *place, int64_t most, int64_t jump, struct gs_ulog_clock *out)
{
    const struct stamped s = {data, offsets, ids, place, n};
    struct gs_ulog_clock c = {0};
    int64_t before = 0, jumps = 0, rises = 0;
    for (int64_t i = 0; i < n; i++) {
        foresee(data, size, offsets, n, i);
        if (!is_inside(&s, size, i)) return i;
        const int64_t time = time_of(&s, i);
        if (time > 0 && (!c.first || time < c.first)) c.first = time;
        if (!i || time > c.last) c.last = time;
        c.bad |= time < 0 || time > most;
        if (i && !c.bad) {
            rises += time - before > jump;
            jumps += time - before > jump || before - time > jump;
        }
        before = time;
    }
    if (n >= 3 && rises && !c.bad)
        for (int64_t i = 1; i < n && jumps; i++) {
            const int64_t by = time_of(&s, i) - time_of(&s, i - 1);
            if (by <= jump && -by <= jump) continue;
            c.ahead |= is_ahead(&s, i - 1, jump) || is_ahead(&s, i, jump);
            jumps--;
        }
    *out = c;
    return -1;
}

/* How many of `n` ascending offsets are less than one. */
static int64_t below(const int64_t *offsets, int64_t n, int64_t than)
{
    int64_t low = 0, high = n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (offsets[middle] < than)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t gs_ulog_latest(const uint8_t *data, int64_t size, const int64_t *offsets, const uint16_t *ids, int64_t n,
                       const int32_t *place, int64_t recent, const int64_t *asked, int64_t n_asked, int64_t *times)
{
    const struct stamped s = {data, offsets, ids, place, n};
    for (int64_t k = 0; k < n_asked; k++) {
        const int64_t end = below(offsets, n, asked[k]);
        times[k] = -1;
        for (int64_t i = end > recent ? end - recent : 0; i < end; i++) {
            if (!is_inside(&s, size, i)) return i;
            const int64_t time = time_of(&s, i);
            if (time > times[k]) times[k] = time;
        }
    }
    return -1;
}

static int follows(const uint8_t *at, const uint8_t *end, int count)
{
    if (end - at < count) return 0;
    for (int i = 0; i < count; i++)
        if ((at[i] & 0xc0) != 0x80) return 0;
    return 1;
}

/* How many bytes a character of UTF-8 takes; 0 where there is none (The Unicode Standard, table 3-7). */
static int character(const uint8_t *at, const uint8_t *end)
{
    const uint8_t first = at[0];
    if (first < 0x80) return 1;
    if (first < 0xc2 || first > 0xf4) return 0;
    const int more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (!follows(at + 1, end, more)) return 0;
    if ((first == 0xe0 && at[1] < 0xa0) || (first == 0xed && at[1] > 0x9f)) return 0;
    if ((first == 0xf0 && at[1] < 0x90) || (first == 0xf4 && at[1] > 0x8f)) return 0;
    return 1 + more;
}

/* A control other than tab to CR and ESC; PX4's own text holds only those. */
static int is_control(uint8_t byte)
{
    return byte < 0x09 || (byte > 0x0d && byte < 0x1b) || (byte > 0x1b && byte < 0x20) || byte == 0x7f;
}

int gs_ulog_is_text(const uint8_t *data, int64_t size, const int64_t *places, int64_t n, int64_t at, int64_t width)
{
    if (at < 0 || width < 0 || at > MOST || width > MOST) return -1;
    for (int64_t i = 0; i < n; i++) {
        if (places[i] < 0 || places[i] > size - at - width) return -1;
        const uint8_t *next = data + places[i] + at, *field_end = next + width;
        const uint8_t *end = memchr(next, 0, width);
        for (end = end ? end : field_end; next < end;) {
            const int bytes = is_control(*next) ? 0 : character(next, end);
            if (!bytes) return 0;
            next += bytes;
        }
    }
    return 1;
}
