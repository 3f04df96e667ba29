/* What is asked of the columns of every track: each a single pass, where NumPy would take many over short arrays. */
#ifndef GROUNDSIDE_FLOWN_H
#define GROUNDSIDE_FLOWN_H

#include <stdint.h>

/* All of these take n >= 1 values; NaN stands for unknown, and `t` never falls. flown.py says what each gives. */

/* Pieces of a track, n of each; and how far their heights may be off. */
struct gs_pieces {
    const double *height;
    const uint8_t *still, *grounded, *settled;
    int64_t n;
    double level_m, land_m, drop_m, drift_m;
};

/* flying, level: at first. in_air, levels: n places each. */
void gs_aloft(const struct gs_pieces *pieces, int flying, double level, uint8_t *in_air, double *levels);

/* How many rows were written to `rows`, which has n places. */
int64_t gs_anchors(const double *east, const double *north, int64_t n, double square, int64_t *rows);

/* How many were marked in `jumped`, which has n places and is all 0. */
int64_t gs_jumps(const double *t, const double *east, const double *north, int64_t n, double top_mps, double slack_m,
                 uint8_t *jumped);

/* The rows of `known` are those of which `t` and `v` are, m of them; `jumps` says how many jumps came up to each. */
struct gs_known {
    const int64_t *row;
    const double *t, *v;
    const int64_t *jumps;
    int64_t m;
};

/* window_s: how wide; least, most: between which its filled part must be. `rate` is all NaN. */
void gs_rate(const struct gs_known *known, double window_s, double least_s, double most_s, double *rate);

/* How many runs of rows of one `width` there are; their first rows are written to `first`, which has n places. */
int64_t gs_runs_of_time(const double *t, int64_t n, double width, int64_t *first);

/* work: n places, twice. medians: one a run. -1 where a run is empty or out of order. */
int gs_medians(const double *values, int64_t n, const int64_t *first, int64_t runs, double *work, double *medians);
int gs_means(const double *values, int64_t n, const int64_t *first, int64_t runs, double *means);

/* How many positions were written to `lon_out` and `lat_out`; how many first ones of runs to `starts`, of n places. */
int64_t gs_path(const double *lon, const double *lat, const int64_t *time_us, int64_t n, double gap_us, double *lon_out,
                double *lat_out, int64_t *starts, int64_t *runs);

/* How many rows were written to `rows`: those known whose time is later than that of the row before. */
int64_t gs_later(const double *t, const double *lon, const double *lat, int64_t n, int64_t *rows);

/* An outline: m >= 2 positions over time, and how many metres a degree is. */
struct gs_outline {
    const double *t, *lon, *lat;
    int64_t m;
    double east_m, north_m;
};

/* How far each of n positions is from the outline at its time. */
void gs_off(const struct gs_outline *outline, const double *t, const double *lon, const double *lat, int64_t n,
            double *off_m);

#endif
