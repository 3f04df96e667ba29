/* Any bytes as a log, with and without clocks: frames lie inside, ascend, do not overlap, and are all accounted for. */
#include "mavlink.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DEFINITIONS 400
#define SHORTEST 8
#define LONGEST 280
#define CLOCK 8
#define PART 40
#define MOST 64

static int16_t first[GS_MAV_IDS];
static uint8_t count[GS_MAV_IDS], extra[DEFINITIONS], whole[DEFINITIONS], base[DEFINITIONS];
static const struct gs_mav_definitions known = {first, count, extra, whole, base};

static void expect(int holds)
{
    if (!holds) abort();
}

/* A few real numbers, so that seeds are understood, and many that are not: two definitions for every third number. */
static void define(void)
{
    static const uint8_t real[][4] = {{0, 50, 9, 9},    {1, 124, 31, 43},  {2, 137, 12, 12}, {22, 220, 25, 25},
                                      {24, 24, 30, 52}, {30, 39, 28, 28},  {33, 104, 28, 28}, {147, 154, 36, 54},
                                      {242, 104, 52, 60}, {253, 83, 51, 54}};
    int n = 0;
    memset(first, 0xFF, sizeof first);
    for (size_t i = 0; i < sizeof real / sizeof *real; i++, n++) {
        first[real[i][0]] = (int16_t)n;
        count[real[i][0]] = 1;
        extra[n] = real[i][1];
        base[n] = real[i][2];
        whole[n] = real[i][3];
    }
    for (int id = 3; n + 2 <= DEFINITIONS && id < GS_MAV_IDS; id += id < 255 ? 3 : 997) {
        if (count[id]) continue;
        first[id] = (int16_t)n;
        count[id] = 2;
        for (int two = 0; two < 2; two++, n++) {
            extra[n] = (uint8_t)(id * 7 + two);
            base[n] = (uint8_t)(id % 200);
            whole[n] = (uint8_t)(id % 200 + 20 * two);
        }
    }
    gs_mav_prepare();
}

struct file {
    uint8_t *data;
    int64_t size, lead;
};

struct found {
    int64_t *at, *clock, *payload;
    int32_t *group, *length;
    uint16_t *form;
    struct gs_mav_walk walk;
};

static void is_sound(const struct file *f, const struct found *to)
{
    int64_t end = 0, frames = 0;
    expect(to->walk.covered >= 0 && to->walk.covered <= f->size);
    expect(to->walk.n <= f->size / (SHORTEST + f->lead));
    for (int64_t i = 0; i < to->walk.n; i++) {
        expect(to->at[i] - f->lead >= end && to->at[i] + SHORTEST <= f->size);
        expect(f->data[to->at[i]] == 0xFE || f->data[to->at[i]] == 0xFD);
        expect(to->group[i] >= 0 && to->group[i] < to->walk.n_groups);
        end = to->at[i] + SHORTEST;
    }
    for (int64_t g = 0; g < to->walk.n_groups; g++) {
        expect(to->walk.counts[g] > 0 && to->walk.keys[g] >= 0 && to->walk.keys[g] >> 16 < DEFINITIONS);
        frames += to->walk.counts[g];
    }
    expect(frames == to->walk.n);
    for (int64_t i = 0; i < to->walk.n_others; i++) {
        const struct gs_mav_other *other = &to->walk.others[i];
        expect(other->gap <= other->at - f->lead && other->at < other->end && other->end <= f->size);
        expect(other->payload + other->length < other->end && other->extra >= 0 && other->extra < 256);
        expect(i == 0 || other->at > other[-1].at);
    }
}

static void lay_out(const struct file *f, struct found *to)
{
    int64_t n = to->walk.n, end = 0, frames = 0, lost = 0;
    if (!n) return;
    int64_t *sorted = malloc((size_t)(n + 1) * sizeof *sorted), *ends = malloc((size_t)(n + 1) * sizeof *ends);
    int64_t *next = calloc((size_t)to->walk.n_groups + 1, sizeof *next);
    size_t senders = (size_t)(n < GS_MAV_SENDERS ? n : GS_MAV_SENDERS);
    int64_t *of = malloc(3 * senders * sizeof *of);
    uint8_t *rows = malloc((size_t)n * PART);
    int32_t *slot = calloc((size_t)to->walk.n_groups + 1, sizeof *slot);
    uint8_t *packed = malloc((size_t)f->size + 1);
    for (int32_t g = 0; g < to->walk.n_groups; g++) {
        slot[g] = g;
        next[g] = end;
        end += to->walk.counts[g];
    }
    struct gs_mav_frames frames_in = {n, to->at, to->group};
    struct gs_mav_sorted out = {sorted, f->lead ? to->clock : NULL, to->form};
    expect(gs_mav_sort(f->data, f->size, &frames_in, slot, next, n, &out) == GS_MAV_OK);
    int32_t shortest = gs_mav_lay_out(sorted, to->form, n, to->payload, to->length);
    for (int64_t i = 0; i < n; i++)
        expect(to->length[i] >= shortest && to->payload[i] + to->length[i] + 2 <= f->size);
    expect(gs_mav_pack(f->data, f->size, to->payload, to->length, n, packed, f->size, ends) == GS_MAV_OK);
    struct gs_mav_counted counted = {of, of + senders, of + 2 * senders, {0}};
    expect(gs_mav_count(f->data, f->size, to->at, n, &counted) == GS_MAV_OK);
    expect(counted.kinds[0] > 0 && counted.kinds[0] <= (int64_t)senders);
    for (int64_t i = 0; i < counted.kinds[0]; i++) {
        expect(counted.whose[i] >= 0 && counted.whose[i] < GS_MAV_SENDERS && counted.frames[i] > 0);
        frames += counted.frames[i];
        lost += counted.lost[i];
    }
    expect(frames == n && lost >= 0 && lost <= 128 * n);
    expect(counted.kinds[2] <= counted.kinds[1] && counted.kinds[1] <= n);
    for (int64_t first = 0; first < 256; first += 85) {
        struct gs_mav_rows part = {sorted, to->form, n, first, PART};
        expect(gs_mav_rows(f->data, f->size, &part, rows) == GS_MAV_OK);
        for (int64_t i = 0; i < n; i++)
            for (int64_t byte = 0; byte < PART; byte++)
                expect(first + byte < to->length[i] || rows[i * PART + byte] == 0);
    }
    free(rows);
    int64_t gaps = gs_mav_gaps(f->data, f->size, f->lead, to->at, n, NULL), bytes = to->walk.covered;
    int64_t *places = malloc((size_t)(gaps > 0 ? gaps : 1) * 2 * sizeof *places);
    expect(gaps >= 0 && gs_mav_gaps(f->data, f->size, f->lead, to->at, n, places) == gaps);
    for (int64_t i = 0; i < gaps; i++) bytes += places[2 * i + 1] - places[2 * i];
    expect(bytes == f->size);
    free(places);
    if (f->lead) expect(gs_mav_read_clocks(f->data, f->size, sorted, n, to->clock) == GS_MAV_OK);
    free(packed);
    free(slot);
    free(of);
    free(next);
    free(ends);
    free(sorted);
}

/* Places that no walk gave are refused, not read. */
static void refuse(const struct file *f)
{
    int64_t at[] = {-1, f->size, f->size - 1, INT64_MAX, INT64_MIN}, payload, clock, ends[2], of = 0;
    int32_t length = 255;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        struct gs_mav_counted counted = {&of, &of, &of, {0}};
        uint16_t form = 255;
        uint8_t row;
        struct gs_mav_rows part = {&at[i], &form, 1, 254, 1};
        payload = at[i];
        expect(gs_mav_count(f->data, f->size, &at[i], 1, &counted) == GS_MAV_OUT_OF_RANGE);
        expect(gs_mav_rows(f->data, f->size, &part, &row) == GS_MAV_OUT_OF_RANGE);
        expect(gs_mav_pack(f->data, f->size, &payload, &length, 1, NULL, 0, ends) == GS_MAV_OUT_OF_RANGE);
        if (at[i] < CLOCK || at[i] > f->size)
            expect(gs_mav_read_clocks(f->data, f->size, &at[i], 1, &clock) == GS_MAV_OUT_OF_RANGE);
    }
}

static void find(const struct file *f, int64_t *at, int64_t *end)
{
    for (int64_t from = 0, next = 0, last = -1; next < f->size; from = next) {
        int64_t found = gs_mav_find(f->data, f->size, from, &known, at, end, 3, &next);
        expect(next > from && next <= f->size && found >= 0 && found <= 3);
        for (int64_t i = 0; i < found; i++) {
            expect(at[i] > last && end[i] - at[i] >= SHORTEST && end[i] - at[i] <= LONGEST && end[i] <= f->size);
            last = at[i];
        }
    }
}

static void read(const struct file *f, int32_t near_known)
{
    size_t room = (size_t)f->size / SHORTEST + 8;
    int64_t longer[DEFINITIONS] = {0};
    struct gs_mav_clocks clocks = {1000000000000000, 4102444799999999, 40000000, 90000000, near_known};
    struct found to = {malloc(room * 8), malloc(room * 8), malloc(room * 8), malloc(room * 4),
                       malloc(room * 4), malloc(room * 2), {0}};
    int status = gs_mav_walk(f->data, f->size, (int32_t)f->lead, &known, &clocks, 0x9E3779B97F4A7C15, to.at, to.group,
                             longer, &to.walk);
    expect(status == GS_MAV_OK || (status == GS_MAV_NEEDS_CLOCKS && f->lead && !near_known));
    if (status == GS_MAV_OK) {
        is_sound(f, &to);
        lay_out(f, &to);
        find(f, to.at, to.payload);
    }
    gs_mav_free(&to.walk);
    free(to.at);
    free(to.clock);
    free(to.payload);
    free(to.group);
    free(to.length);
    free(to.form);
}

/* Any numbers as anchors and as samples, ascending or not: nothing else is read, and an index lies inside. */
static void bring(const struct file *f)
{
    int64_t numbers[3 * MOST] = {0}, starts[2] = {0}, to[MOST];
    double values[MOST], found[MOST];
    int64_t n = f->size / 8 < 3 * MOST ? f->size / 8 : 3 * MOST, samples = n / 3;
    if (n) memcpy(numbers, f->data, (size_t)n * 8);
    memcpy(values, numbers + samples, (size_t)samples * 8);
    starts[1] = samples / 2;
    for (int kind = 0; kind < 8 && samples; kind++) {
        struct gs_mav_anchors anchors = {samples, numbers, numbers + samples, kind & 1 ? numbers + 2 * samples : NULL,
                                         1 + (kind >> 1 & 1), starts, kind & 4 ? numbers : NULL};
        struct gs_mav_timed timed = {samples, numbers + samples, numbers, kind & 2 ? numbers : NULL};
        gs_mav_times(&anchors, &timed, 1000, to);
    }
    struct gs_mav_series series = {samples, numbers, values};
    for (int shown = 0; shown < 3; shown++)
        gs_mav_linear(&series, numbers + samples, samples, 1000000, shown, found);
    gs_mav_unwrap(values, samples, found);
    gs_mav_held(&series, numbers + samples, samples, 1000000, to);
    for (int64_t i = 0; i < samples; i++) expect(to[i] >= -1 && to[i] < samples);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (!count[0]) define();
    /* On the heap, of its exact size, so that a byte too far is seen. */
    struct file file = {malloc(size ? size : 1), (int64_t)size, 0};
    if (size) memcpy(file.data, bytes, size);
    read(&file, 0);
    file.lead = CLOCK;
    read(&file, 0);
    read(&file, 1);
    refuse(&file);
    bring(&file);
    free(file.data);
    return 0;
}
