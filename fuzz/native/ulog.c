/* Any bytes as a log: the chain lies inside and has no gap, its data sorts, its times and texts are what they were. */
#include "ulog.h"
#include "ulog_data.h"

#include <stdlib.h>
#include <string.h>

#define HEADER 3
#define DATA_HEADER 5
#define SPARE 7

struct taken {
    int64_t *offsets, *others, n, n_others;
    uint16_t *ids;
};

static void expect(int holds)
{
    if (!holds) abort();
}

static int64_t end_of(const uint8_t *data, int64_t at) { return at + HEADER + data[at] + 256 * data[at + 1]; }

/* Sizes that the data itself states, wherever a data message may stand; so that some of it is taken. */
static void learn(const uint8_t *data, int64_t size, int32_t *sizes)
{
    for (int64_t at = 0; at + DATA_HEADER <= size; at++)
        if (data[at + 2] == 'D') sizes[data[at + 3] + 256 * data[at + 4]] = data[at] + 256 * data[at + 1];
}

static void check_call(const uint8_t *data, int64_t size, int64_t start, const struct gs_ulog_chain *c,
                       const int32_t *sizes, const struct taken *t)
{
    int64_t at = start, d = t->n, o = t->n_others;
    expect(c->at >= start && c->at <= size && c->effort >= 0 && (c->last >= 0) == (c->n_data + c->n_others > 0));
    while (at < c->at) {
        int is_data = d < t->n + c->n_data && t->offsets[d] == at;
        expect(is_data != (o < t->n_others + c->n_others && t->others[o] == at));
        expect(is_data == (data[at + 2] == 'D'));
        if (is_data) {
            uint16_t id = t->ids[d++];
            expect(id == data[at + 3] + 256 * data[at + 4] && sizes[id] == end_of(data, at) - at - HEADER);
        } else {
            o++;
        }
        expect(end_of(data, at) <= size && (end_of(data, at) < c->at || at == c->last));
        at = end_of(data, at);
    }
    expect(at == c->at && d == t->n + c->n_data && o == t->n_others + c->n_others);
}

static void walk(const uint8_t *data, int64_t size, const int32_t *sizes, struct taken *t)
{
    for (int64_t at = 0; at < size;) {
        struct gs_ulog_chain c;
        gs_ulog_follow(data, size, at, size, sizes, t->offsets + t->n, t->ids + t->n, SPARE, t->others + t->n_others,
                       SPARE, &c);
        check_call(data, size, at, &c, sizes, t);
        t->n += c.n_data;
        t->n_others += c.n_others;
        at = c.more ? c.at : c.at + 1;
    }
}

static void check_sorted(const uint8_t *data, int64_t size, const struct taken *t, int64_t *ends, int64_t *places)
{
    int64_t greatest = gs_ulog_sort(t->offsets, t->ids, t->n, ends, places), i = 0;
    for (int64_t id = 0; id <= greatest; id++) {
        for (int64_t first = i; i < ends[id]; i++) {
            expect(places[i] >= DATA_HEADER && places[i] <= size && (i == first || places[i] > places[i - 1]));
            expect(data[places[i] - 2] + 256 * data[places[i] - 1] == id);
        }
    }
    expect(i == t->n);
}

static void check_times(const uint8_t *data, int64_t size, const struct taken *t)
{
    static int32_t place[GS_ULOG_IDS];
    struct gs_ulog_clock c;
    int64_t asked[4] = {0, size / 2, size, INT64_MAX}, times[4];
    for (int id = 0; !place[GS_ULOG_IDS - 1] && id < GS_ULOG_IDS; id++) place[id] = DATA_HEADER + id % 3;
    int64_t outside = gs_ulog_clock(data, size, t->offsets, t->ids, t->n, place, 1LL << 48, 600000000, &c);
    expect(outside >= -1 && outside < t->n);
    if (outside >= 0) return;
    expect(c.first >= 0 && (!c.first || c.first <= c.last) && !(c.bad && c.ahead));
    expect(gs_ulog_latest(data, size, t->offsets, t->ids, t->n, place, 64, asked, 4, times) == -1);
    for (int i = 0; i < 4; i++) expect(times[i] >= -1 && times[i] <= (c.last < 0 ? -1 : c.last));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    const int64_t size = (int64_t)length, most = size / HEADER + 2 * SPARE;
    static int32_t sizes[GS_ULOG_IDS];
    static int64_t ends[GS_ULOG_IDS];
    int64_t *places = malloc((size_t)most * sizeof *places);
    struct taken t = {malloc((size_t)most * 8), malloc((size_t)most * 8), 0, 0, malloc((size_t)most * 2)};
    memset(sizes, 0, sizeof sizes);
    memset(ends, 0, sizeof ends);
    if (places && t.offsets && t.others && t.ids) {
        learn(data, size, sizes);
        walk(data, size, sizes, &t);
        if (t.n) {
            check_sorted(data, size, &t, ends, places);
            check_times(data, size, &t);
            for (int64_t width = 0; width < 20; width += 3)
                expect(gs_ulog_is_text(data, size, places, t.n, width / 2, width) >= -1);
        }
    }
    free(t.ids);
    free(t.others);
    free(t.offsets);
    free(places);
    return 0;
}
