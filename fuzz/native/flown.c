/* Any bytes as the columns of a track: nothing beyond is read or written, and what comes out is what may come out. */
#include "flown.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HEAD 4
#define MOST 250

static void expect(int holds)
{
    if (!holds) abort();
}

/* Eight bytes a number where `raw`, else two; in small numbers 7777 stands for NaN. */
static double *numbers(const uint8_t *bytes, size_t length, int64_t count, int raw)
{
    double *found = malloc(sizeof *found * (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        int16_t small = 0;
        if (raw) memcpy(&found[i], bytes + (size_t)(i * 8) % (length - 7), sizeof *found);
        else {
            memcpy(&small, bytes + (size_t)(i * 2) % (length - 1), sizeof small);
            found[i] = small == 7777 ? NAN : small;
        }
    }
    return found;
}

static void rising(double *t, int64_t n)
{
    double at = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double step = i ? fabs(t[i]) / 1000.0 : 0.0;
        at += step < 40.0 ? step : 0.0;
        t[i] = at;
    }
}

static void ascend(const int64_t *rows, int64_t count, int64_t n)
{
    expect(count >= 0 && count <= n);
    for (int64_t i = 0; i < count; i++) expect(rows[i] >= 0 && rows[i] < n && (i == 0 || rows[i] > rows[i - 1]));
}

static void rated(const double *t, const double *v, int64_t n, int64_t *row, double *out)
{
    int64_t m = 0, *jumps = calloc((size_t)n, sizeof *jumps);
    double *times = malloc(sizeof *times * (size_t)n), *known = malloc(sizeof *known * (size_t)n);
    for (int64_t i = 0; i < n; i++) {
        out[i] = NAN;
        if (!isfinite(v[i])) continue;
        jumps[m] = m / 7;
        times[m] = t[i];
        known[m] = v[i];
        row[m++] = i;
    }
    const struct gs_known all = {row, times, known, m % 2 ? jumps : NULL, m};
    gs_rate(&all, 2.0, 0.8, 12.0, out);
    free(jumps);
    free(times);
    free(known);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < HEAD + 16) return 0;
    const int64_t n = 1 + bytes[0] % MOST;
    const int raw = bytes[1] & 1;
    const uint8_t *rest = bytes + HEAD;
    const size_t left = length - HEAD - 3;
    double *t = numbers(rest, left, n, 0), *x = numbers(rest + 1, left, n, raw), *y = numbers(rest + 2, left, n, raw);
    double *out = malloc(sizeof *out * (size_t)n * 2), *work = malloc(sizeof *work * (size_t)n * 2);
    int64_t *rows = malloc(sizeof *rows * (size_t)n), *times = malloc(sizeof *times * (size_t)n), runs = 0;
    uint8_t *flags = calloc((size_t)n, 4);
    rising(t, n);
    ascend(rows, gs_anchors(x, y, n, bytes[2], rows), n);
    expect(gs_jumps(t, x, y, n, bytes[2], 1.0, flags) < n);
    rated(t, x, n, rows, out);
    int64_t count = gs_runs_of_time(t, n, 0.5 + bytes[2], rows);
    ascend(rows, count, n);
    expect(rows[0] == 0 && gs_medians(x, n, rows, count, work, out) == 0 && gs_means(y, n, rows, count, out) == 0);
    for (int64_t i = 0; i < n; i++) flags[i] = rest[(size_t)i % left] & 1;
    for (int64_t i = 0; i < 3 * n; i++) flags[n + i] = rest[(size_t)i % left] & 2 ? 1 : 0;
    const struct gs_pieces pieces = {x, flags, flags + n, flags + 2 * n, n, 0.7, 0.6, 1.5, 0.04};
    gs_aloft(&pieces, bytes[3] & 1, bytes[3] & 2 ? NAN : 0.0, flags + 3 * n, out);
    for (int64_t i = 0; i < n; i++) times[i] = (int64_t)(t[i] * 1e6);
    if (raw) memcpy(times, rest, left < (size_t)n * 8 ? left : (size_t)n * 8);
    count = gs_path(x, y, times, n, 5e6, out, work, rows, &runs);
    expect(count <= n && runs <= count);
    ascend(rows, runs, n);
    count = gs_later(t, x, y, n, rows);
    ascend(rows, count, n);
    if (n >= 4) {
        const struct gs_outline outline = {t, x, y, 2 + n / 4, 70000.0, 111000.0};
        gs_off(&outline, t, y, x, n, out);
    }
    free(t);
    free(x);
    free(y);
    free(out);
    free(work);
    free(rows);
    free(times);
    free(flags);
    return 0;
}
