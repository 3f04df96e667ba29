/* Any bytes as tracks and layouts: nothing beyond is read or written, and what comes out is what may come out. */
#include "fitting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HEAD 8
#define MOST 120
#define MOST_CELLS 600

static void expect(int holds)
{
    if (!holds) abort();
}

static double *numbers(const uint8_t *bytes, size_t length, int64_t count, int raw)
{
    double *found = malloc(sizeof *found * (size_t)count + 1);
    for (int64_t i = 0; i < count; i++) {
        int16_t small = 0;
        if (raw && length >= sizeof *found) memcpy(&found[i], bytes + (size_t)(i * 8) % (length - 7), sizeof *found);
        else {
            memcpy(&small, bytes + (size_t)(i * 2) % (length - 1), sizeof small);
            found[i] = small;
        }
    }
    return found;
}

static void rising(double *t, int64_t n)
{
    double at = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double step = i ? fabs(t[i]) : 0.0;
        at += step < 1e5 ? step : 1.0;
        t[i] = at;
    }
}

static void fitted(const uint8_t *bytes, size_t length, int64_t n, int64_t m, int raw, int in_order)
{
    double *columns[6], *work = malloc(3 * sizeof *work * (size_t)n), out[16], offsets[16];
    for (int k = 0; k < 6; k++) columns[k] = numbers(bytes + k % 2, length - 1, k < 3 ? n : m, raw);
    if (in_order) {
        rising(columns[0], n);
        rising(columns[3], m);
    }
    for (int k = 0; k < 16; k++) offsets[k] = (k - 8) * (double)bytes[0];
    const struct gs_positions clip = {columns[0], columns[1], columns[2], n};
    const struct gs_positions of = {columns[3], columns[4], columns[5], m};
    struct gs_leg *legs = malloc(sizeof *legs * (size_t)(m - 1));
    int32_t *from = malloc(sizeof *from * (GS_PARTS_A_LEG * (size_t)(m - 1) + 1));
    struct gs_followed flight;
    gs_follow(&of, legs, from, &flight);
    gs_fit_apart(&clip, &flight, offsets, 16, 0.8, work, out);
    for (int k = 0; k < 16; k++) expect(out[k] >= 0.0);
    for (int k = 0; k < 6; k++) free(columns[k]);
    free(legs);
    free(from);
    free(work);
}

static int32_t *laid(const uint8_t *bytes, size_t length, int64_t n, int raw, int64_t *size)
{
    static const double WIDTH_MS[GS_WIDTHS] = {8000.0, 2000.0, 500.0};
    double *t = numbers(bytes, length, n, 0), *east = numbers(bytes + 1, length - 1, n, raw), *north = numbers(bytes, length, n, raw);
    int64_t judged[MOST], at = GS_LAYOUT_HEAD, m = n > 4 ? n / 2 : n;
    rising(t, n);
    for (int64_t i = 0; i < m; i++) judged[i] = n > 4 ? 2 * i : i;
    int64_t cells[GS_WIDTHS], total = 0;
    for (int w = 0; w < GS_WIDTHS; w++) total += cells[w] = (int64_t)floor(t[n - 1] / WIDTH_MS[w]) + 2;
    int32_t *out = NULL;
    if (total <= MOST_CELLS * GS_WIDTHS) {
        *size = GS_LAYOUT_HEAD + GS_RUNS * total;
        out = calloc((size_t)*size, sizeof *out);
        out[GS_LENGTH_MS] = (int32_t)t[n - 1];
        out[GS_JUDGED] = (int32_t)m;
        for (int w = 0; w < GS_WIDTHS && out; w++) {
            out[GS_CELLS + w] = (int32_t)cells[w];
            if (gs_lay_out(t, east, north, n, judged, m, WIDTH_MS[w], 5.0, cells[w], out + at)) {
                expect(raw);
                free(out);
                out = NULL;
            }
            at += GS_RUNS * cells[w];
        }
    }
    free(t);
    free(east);
    free(north);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < HEAD + 24) return 0;
    const int64_t n = 2 + bytes[0] % (MOST - 2), m = 2 + bytes[1] % (MOST - 2);
    const int raw = bytes[2] & 1, in_order = bytes[2] & 2;
    const uint8_t *rest = bytes + HEAD;
    const size_t left = length - HEAD;
    fitted(rest, left, n, m, raw, in_order);
    int64_t one_size = 0, other_size = 0;
    int32_t *one = laid(rest, left, n, raw, &one_size), *other = laid(rest + 3, left - 3, m, raw, &other_size);
    if (one && other) {
        const struct gs_near near = {50.0 * bytes[3], (1.0 + bytes[4]) / 256.0, bytes[5] / 255.0};
        const int said = gs_may_lie(one, one_size, other, other_size, &near);
        expect(said == GS_MAY || said == GS_NEVER);
        expect(gs_may_lie(one, one_size, one, one_size, &near) == GS_MAY); /* a track lies on itself */
        for (size_t k = 0; k + 6 <= left; k += 6) { /* numbers that are nobody's layout */
            int32_t value;
            memcpy(&value, rest + k, sizeof value);
            one[(size_t)(rest[k + 4] << 8 | rest[k + 5]) % (size_t)one_size] = value;
        }
        expect(gs_may_lie(one, one_size, other, other_size, &near) >= GS_NO_LAYOUT);
        expect(gs_may_lie(other, other_size, one, one_size - one_size / 3, &near) <= GS_CLOSER);
    }
    free(one);
    free(other);
    return 0;
}
