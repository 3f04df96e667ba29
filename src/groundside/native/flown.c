#include "flown.h"

#include <math.h>
#include <string.h>

#define LAND_PIECES 2 /* as flown_plain.py has them */
#define LAND_PIECES_DRIFTED 15
#define SHORT_RUN 48 /* up to here values are put in order one by one */

void gs_aloft(const struct gs_pieces *pieces, int flying, double level, uint8_t *in_air, double *levels)
{
    int64_t low = 0;
    for (int64_t i = 0; i < pieces->n; i++) {
        const double height = pieces->height[i], above = height - level;
        if (pieces->grounded[i]) {
            /* A piece in which the aircraft also took off says nothing of the ground. */
            if (!isnan(height) && (pieces->settled[i] || isnan(level))) level = height;
            flying = 0;
        } else if (flying) {
            low = pieces->still[i] && height <= level + pieces->drop_m ? low + 1 : 0;
            if (low >= (fabs(above) <= pieces->land_m ? LAND_PIECES : LAND_PIECES_DRIFTED)) {
                flying = 0;
                level = height;
                if (i > 0) in_air[i - 1] = 0;
            }
        } else if (height > level + pieces->level_m) {
            flying = 1;
            low = 0;
        } else if (pieces->still[i] && !isnan(height)) {
            /* NaN passes both, as it does in Python */
            const double up = -pieces->drift_m > above ? -pieces->drift_m : above;
            level += pieces->drift_m < up ? pieces->drift_m : up;
        }
        in_air[i] = (uint8_t)flying;
        levels[i] = level;
    }
}

int64_t gs_anchors(const double *east, const double *north, int64_t n, double square, int64_t *rows)
{
    int64_t count = 1, last = 0;
    rows[0] = 0;
    for (int64_t i = 1; i < n; i++) {
        const double x = east[i] - east[last], y = north[i] - north[last];
        if (x * x + y * y >= square) rows[count++] = last = i;
    }
    return count;
}

int64_t gs_jumps(const double *t, const double *east, const double *north, int64_t n, double top_mps, double slack_m,
                 uint8_t *jumped)
{
    int64_t count = 0, before = -1;
    double since = 0.0; /* when the position last changed */
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(east[i])) continue;
        if (before < 0) {
            since = t[i];
        } else {
            const double step = hypot(east[i] - east[before], north[i] - north[before]);
            if (step > 0.0) {
                const double passed = t[i] - since;
                if (step > top_mps * (passed > 0.1 ? passed : 0.1) + slack_m) {
                    jumped[i] = 1;
                    count++;
                }
                since = t[i];
            }
        }
        before = i;
    }
    return count;
}

void gs_rate(const struct gs_known *known, double window_s, double least_s, double most_s, double *rate)
{
    const double *t = known->t, *v = known->v;
    const int64_t m = known->m;
    int64_t low = 0, high = 0;
    for (int64_t i = 0; i < m; i++) {
        const double from = t[i] - window_s / 2, to = t[i] + window_s / 2;
        while (low < m && t[low] < from) low++;
        while (high < m && t[high] <= to) high++;
        int64_t first = i > 0 ? i - 1 : 0, last = i + 1 < m ? i + 1 : m - 1;
        if (low < first) first = low;
        if (high - 1 > last) last = high - 1;
        const double span = t[last] - t[first];
        if (span < least_s || span > most_s) continue;
        if (known->jumps && known->jumps[last] != known->jumps[first]) continue;
        rate[known->row[i]] = (v[last] - v[first]) / span;
    }
}

int64_t gs_runs_of_time(const double *t, int64_t n, double width, int64_t *first)
{
    int64_t count = 1;
    double number = floor(t[0] / width);
    first[0] = 0;
    for (int64_t i = 1; i < n; i++) {
        const double now = floor(t[i] / width);
        if (now != number) first[count++] = i;
        number = now;
    }
    return count;
}

/* Put n values in order; equal ones stay in theirs. */
static void in_order(double *v, int64_t n, double *work)
{
    if (n <= SHORT_RUN) {
        for (int64_t i = 1; i < n; i++) {
            const double x = v[i];
            int64_t at = i;
            for (; at > 0 && v[at - 1] > x; at--) v[at] = v[at - 1];
            v[at] = x;
        }
        return;
    }
    const int64_t half = n / 2;
    in_order(v, half, work);
    in_order(v + half, n - half, work);
    memcpy(work, v, (size_t)half * sizeof *v);
    for (int64_t a = 0, b = half, out = 0; a < half; out++)
        v[out] = b < n && v[b] < work[a] ? v[b++] : work[a++];
}

int gs_medians(const double *values, int64_t n, const int64_t *first, int64_t runs, double *work, double *medians)
{
    for (int64_t run = 0; run < runs; run++) {
        const int64_t begin = first[run], end = run + 1 < runs ? first[run + 1] : n;
        int64_t known = 0;
        if (begin < 0 || end <= begin || end > n) return -1;
        for (int64_t i = begin; i < end; i++)
            if (isfinite(values[i])) work[known++] = values[i];
        in_order(work, known, work + n);
        medians[run] = known ? work[(known - 1) / 2] : NAN;
    }
    return 0;
}

int gs_means(const double *values, int64_t n, const int64_t *first, int64_t runs, double *means)
{
    for (int64_t run = 0; run < runs; run++) {
        const int64_t begin = first[run], end = run + 1 < runs ? first[run + 1] : n;
        int64_t known = 0;
        double total = 0.0;
        if (begin < 0 || end <= begin || end > n) return -1;
        for (int64_t i = begin; i < end; i++)
            if (isfinite(values[i])) total += values[i], known++;
        means[run] = known ? total / (double)known : NAN;
    }
    return 0;
}

int64_t gs_path(const double *lon, const double *lat, const int64_t *time_us, int64_t n, double gap_us, double *lon_out,
                double *lat_out, int64_t *starts, int64_t *runs)
{
    int64_t count = 0, before = -1;
    *runs = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(lon[i]) || !isfinite(lat[i])) continue;
        const int begins = before < 0 || (double)(int64_t)((uint64_t)time_us[i] - (uint64_t)time_us[before]) > gap_us;
        if (begins) starts[(*runs)++] = count;
        if (begins || lon[i] != lon[before] || lat[i] != lat[before]) {
            lon_out[count] = lon[i];
            lat_out[count++] = lat[i];
        }
        before = i;
    }
    return count;
}

int64_t gs_later(const double *t, const double *lon, const double *lat, int64_t n, int64_t *rows)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(lon[i]) && isfinite(lat[i]) && (i == 0 || t[i] - t[i - 1] > 0.0)) rows[count++] = i;
    return count;
}

/* A value on the straight line between two neighbours of an outline, as numpy.interp has it. */
static double between(const double *t, const double *v, int64_t at, double when)
{
    if (t[at] == when) return v[at];
    return (v[at + 1] - v[at]) / (t[at + 1] - t[at]) * (when - t[at]) + v[at];
}

void gs_off(const struct gs_outline *outline, const double *t, const double *lon, const double *lat, int64_t n,
            double *off_m)
{
    const double *times = outline->t;
    const int64_t last = outline->m - 1;
    int64_t at = 0;
    for (int64_t i = 0; i < n; i++) {
        double x, y;
        while (at < last && times[at + 1] <= t[i]) at++;
        if (at == last || t[i] < times[0]) {
            x = outline->lon[at];
            y = outline->lat[at];
        } else {
            x = between(times, outline->lon, at, t[i]);
            y = between(times, outline->lat, at, t[i]);
        }
        off_m[i] = hypot((x - lon[i]) * outline->east_m, (y - lat[i]) * outline->north_m);
    }
}
