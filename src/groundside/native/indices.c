#include "indices.h"

#include <math.h>
#include <string.h>

#define FEW 64 /* done at once where all have a value */
#define CHUNK 512 /* two bands and what comes of them stay in the nearest cache */

/* Adding and taking away 1.5 * 2^52 rounds a small double half to even, as rint does, and in any vector unit. */
#define ROUNDS 6755399441055744.0

/* Twice as wide where the processor can; chosen when the module is loaded. No fused operations: the numbers stay. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

struct chunk {
    double x[GS_BANDS][CHUNK];
    double y[CHUNK];     /* the index */
    double below[CHUNK]; /* what it is divided by: it is defined where this is more than 0 */
    double fate[CHUNK];  /* of the same width as the rest, so that one vector unit does all */
};

#define LOAD(type)                                                          \
    do {                                                                    \
        const type *restrict raw = (const type *)band->data + at;           \
        for (int i = 0; i < n; i++) {                                       \
            const double v = (double)raw[i], known = fate[i];               \
            const double full = v >= saturated ? GS_SATURATED : known;      \
            const double worse = known == GS_NO_DATA ? known : full;        \
            x[i] = v * scale + offset;                                      \
            fate[i] = (int)(v == nodata) | (int)(v != v) ? GS_NO_DATA : worse; \
        }                                                                   \
    } while (0)

WIDE static void load(const struct gs_band *band, int64_t at, int n, double *restrict x, double *restrict fate)
{
    const double scale = band->scale, offset = band->offset, nodata = band->nodata, saturated = band->saturated;
    switch (band->kind) {
    case GS_U8: LOAD(uint8_t); break;
    case GS_U16: LOAD(uint16_t); break;
    case GS_I16: LOAD(int16_t); break;
    case GS_U32: LOAD(uint32_t); break;
    case GS_I32: LOAD(int32_t); break;
    case GS_F32: LOAD(float); break;
    default: LOAD(double); break;
    }
}

/* The least whole number from which on a double is reached, within what a uint16 may be and one more. */
static uint32_t from_here(double least)
{
    if (!(least <= 65535.0)) return 65536; /* NaN too: never */
    return least <= 0.0 ? 0 : (uint32_t)ceil(least);
}

/* Whether every number of a band stands for something: the common case, which needs no fate for each pixel. */
WIDE static int is_plain(const struct gs_band *band, int64_t at, int n)
{
    const uint16_t *restrict raw = (const uint16_t *)band->data + at;
    const uint32_t full = from_here(band->saturated);
    const int has_nothing = band->nodata >= 0.0 && band->nodata <= 65535.0 && band->nodata == floor(band->nodata);
    const uint16_t most = (uint16_t)(full - 1), nothing = has_nothing ? (uint16_t)band->nodata : 0;
    uint16_t lost = 0;
    if (full == 0) return 0;
    for (int i = 0; i < n; i++) lost |= (uint16_t)(raw[i] > most);
    if (has_nothing)
        for (int i = 0; i < n; i++) lost |= (uint16_t)(raw[i] == nothing);
    return !lost;
}

WIDE static void load_plain(const struct gs_band *band, int64_t at, int n, double *restrict x)
{
    const uint16_t *restrict raw = (const uint16_t *)band->data + at;
    const double scale = band->scale, offset = band->offset;
    for (int i = 0; i < n; i++) x[i] = (double)raw[i] * scale + offset;
}

/* For each pixel: `d` is what must be more than 0, `v` the index. */
#define EACH(d, v)                            \
    for (int i = 0; i < n; i++) {             \
        const double below = (d);             \
        c->below[i] = below;                  \
        c->y[i] = (v);                        \
    }                                         \
    break

WIDE static void evaluate(int which, struct chunk *restrict c, int n)
{
    const double *const b = c->x[GS_BLUE], *const g = c->x[GS_GREEN], *const r = c->x[GS_RED];
    const double *const e = c->x[GS_REDEDGE], *const h = c->x[GS_NIR];
    switch (which) {
    case GS_NDVI: EACH(h[i] + r[i], (h[i] - r[i]) / below);
    case GS_NDRE: EACH(h[i] + e[i], (h[i] - e[i]) / below);
    case GS_GNDVI: EACH(h[i] + g[i], (h[i] - g[i]) / below);
    case GS_BNDVI: EACH(h[i] + b[i], (h[i] - b[i]) / below);
    case GS_SAVI: EACH(h[i] + r[i] + 0.5, 1.5 * (h[i] - r[i]) / below);
    case GS_OSAVI: EACH(h[i] + r[i] + 0.16, (h[i] - r[i]) / below);
    case GS_MSAVI2:
        for (int i = 0; i < n; i++) {
            const double t = 2.0 * h[i] + 1.0, under = t * t - 8.0 * (h[i] - r[i]);
            c->below[i] = under >= 0.0 ? 1.0 : 0.0;
            c->y[i] = 0.5 * (t - sqrt(under >= 0.0 ? under : 0.0));
        }
        break;
    case GS_EVI: EACH(h[i] + 6.0 * r[i] - 7.5 * b[i] + 1.0, 2.5 * (h[i] - r[i]) / below);
    case GS_EVI2: EACH(h[i] + 2.4 * r[i] + 1.0, 2.5 * (h[i] - r[i]) / below);
    case GS_CIRE: EACH(e[i], h[i] / below - 1.0);
    case GS_CIG: EACH(g[i], h[i] / below - 1.0);
    case GS_MCARI: EACH(r[i], (e[i] - r[i] - 0.2 * (e[i] - g[i])) * (e[i] / below));
    case GS_VARI: EACH(g[i] + r[i] - b[i], (g[i] - r[i]) / below);
    default: EACH(2.0 * g[i] + r[i] + b[i], (2.0 * g[i] - r[i] - b[i]) / below);
    }
}

/* Each loop does one thing, so that the compiler can do several pixels at once. */
WIDE static void store(struct chunk *restrict c, int n, const double limits[3], int16_t *restrict out)
{
    const double factor = limits[0], low = limits[1], high = limits[2];
    double *restrict y = c->y, *restrict fate = c->fate, *restrict below = c->below;
    for (int i = 0; i < n; i++) y[i] = (y[i] * factor + ROUNDS) - ROUNDS;
    for (int i = 0; i < n; i++) {
        const double enough = y[i] >= low ? GS_GIVEN : GS_BEYOND, inside = y[i] <= high ? enough : GS_BEYOND;
        const double defined = below[i] > 0.0 ? inside : GS_UNDEFINED;
        fate[i] = fate[i] > 0.0 ? fate[i] : defined;
    }
    for (int i = 0; i < n; i++) y[i] = fate[i] > 0.0 ? (double)GS_NODATA : y[i];
    for (int i = 0; i < n; i++) out[i] = (int16_t)(int32_t)y[i];
}

/* As `store`, where all pixels turn out to have a value; 0 where one has none, and then nothing of `c` is changed. */
WIDE static int store_plain(const struct chunk *restrict c, int n, const double limits[3], int16_t *restrict out)
{
    const double factor = limits[0], low = limits[1], high = limits[2];
    const double *restrict y = c->y, *restrict below = c->below;
    double v[CHUNK];
    int64_t lost = 0;
    for (int i = 0; i < n; i++) {
        const double whole = (y[i] * factor + ROUNDS) - ROUNDS;
        lost |= (int64_t)!(whole >= low) | (int64_t)!(whole <= high) | (int64_t)!(below[i] > 0.0);
        v[i] = whole;
    }
    if (lost) return 0;
    for (int i = 0; i < n; i++) out[i] = (int16_t)(int32_t)v[i];
    return 1;
}

static void whole_chunk(int which, const struct gs_band *bands, const uint8_t *valid, int64_t at, struct chunk *c, int n,
                        const double limits[3], int16_t *out, int64_t *counts)
{
    for (int i = 0; i < n; i++) c->fate[i] = valid && !valid[at + i] ? GS_NO_DATA : GS_GIVEN;
    for (int k = 0; k < GS_BANDS; k++)
        if (bands[k].data) load(&bands[k], at, n, c->x[k], c->fate);
    evaluate(which, c, n);
    store(c, n, limits, out);
    for (int i = 0; i < n; i++) counts[(int)c->fate[i]]++;
}

static int plain_chunk(int which, const struct gs_band *bands, int64_t at, struct chunk *c, int n,
                       const double limits[3], int16_t *out, int64_t *counts)
{
    for (int k = 0; k < GS_BANDS; k++)
        if (bands[k].data && !is_plain(&bands[k], at, n)) return 0;
    for (int k = 0; k < GS_BANDS; k++)
        if (bands[k].data) load_plain(&bands[k], at, n, c->x[k]);
    evaluate(which, c, n);
    if (!store_plain(c, n, limits, out)) return 0;
    counts[GS_GIVEN] += n;
    return 1;
}

static int all_u16(const struct gs_band *bands)
{
    for (int k = 0; k < GS_BANDS; k++)
        if (bands[k].data && bands[k].kind != GS_U16) return 0;
    return 1;
}

/* What near infrared is compared with, where the index is their normalised difference and no other band is given. */
static int compared(int which, const struct gs_band *bands)
{
    static const int with[] = {[GS_NDVI] = GS_RED, [GS_NDRE] = GS_REDEDGE, [GS_GNDVI] = GS_GREEN, [GS_BNDVI] = GS_BLUE};
    if (which > GS_BNDVI) return GS_BANDS;
    for (int k = 0; k < GS_BANDS; k++)
        if (!bands[k].data != (k != GS_NIR && k != with[which])) return GS_BANDS;
    return with[which];
}

/* The most that a uint16 may be, and what it may not be, if it is to have a value; 0 where that cannot be said so. */
static int bounds_of(const struct gs_band *band, uint16_t *most, uint16_t *nothing)
{
    const uint32_t full = from_here(band->saturated);
    const int has_nothing = band->nodata >= 0.0 && band->nodata <= 65535.0 && band->nodata == floor(band->nodata);
    *most = (uint16_t)(full - 1);
    *nothing = has_nothing ? (uint16_t)band->nodata : (uint16_t)full;
    return full > 0 && full <= 65535 && band->scale == 1.0 && band->offset == 0.0;
}

static void count(const int16_t *restrict out, int n, int64_t *restrict histogram)
{
    for (int i = 0; i < n; i++) histogram[(int32_t)out[i] + 32768]++;
}

/* A normalised difference of two bands, some pixels at a time, counted while the next are divided. Stops before those
 * of which one has no value. What is not below 0 gives -1 to 1: where that can be stored, no limit is looked at. */
WIDE static int64_t differences_of(const struct gs_band *one, const struct gs_band *other, int64_t at, int64_t n,
                                   const double limits[3], int16_t *restrict out, int64_t *restrict histogram)
{
    const uint16_t *restrict a = (const uint16_t *)one->data, *restrict b = (const uint16_t *)other->data;
    const double factor = limits[0];
    const int64_t first = at;
    uint16_t most_a, most_b, not_a, not_b;
    if (!(factor > 0.0) || !(limits[1] <= -factor) || !(limits[2] >= factor)) return at;
    if (!bounds_of(one, &most_a, &not_a) || !bounds_of(other, &most_b, &not_b)) return at;
    for (; at + FEW <= n; at += FEW) {
        uint16_t lost = 0;
        for (int i = 0; i < FEW; i++) lost |= (uint16_t)(a[at + i] > most_a) | (uint16_t)(b[at + i] > most_b);
        for (int i = 0; i < FEW; i++) lost |= (uint16_t)(a[at + i] == not_a) | (uint16_t)(b[at + i] == not_b);
        for (int i = 0; i < FEW; i++) lost |= (uint16_t)((uint16_t)(a[at + i] | b[at + i]) == 0);
        if (lost) break;
        for (int i = 0; i < FEW; i++) {
            const int32_t x = a[at + i], y = b[at + i];
            const double value = (double)(x - y) / (double)(x + y);
            out[at + i] = (int16_t)(int32_t)((value * factor + ROUNDS) - ROUNDS);
        }
        if (at > first) count(out + at - FEW, FEW, histogram);
    }
    if (at > first) count(out + at - FEW, FEW, histogram);
    return at;
}

int gs_index(int which, const struct gs_band *bands, const uint8_t *valid, int64_t n, double factor, double low,
             double high, int16_t *out, int64_t *histogram, int64_t *counts)
{
    struct chunk c;
    const double limits[3] = {factor, low, high};
    if (which < 0 || which >= GS_INDICES || !(low >= -32767.0) || !(high <= 32767.0)) return -1;
    const int plain = !valid && all_u16(bands), other = plain ? compared(which, bands) : GS_BANDS;
    memset(c.x, 0, sizeof c.x);
    for (int64_t at = 0; at < n;) {
        if (other < GS_BANDS) {
            const int64_t done = differences_of(&bands[GS_NIR], &bands[other], at, n, limits, out, histogram);
            counts[GS_GIVEN] += done - at;
            at = done;
        }
        const int m = n - at < CHUNK ? (int)(n - at) : CHUNK;
        if (!plain || !plain_chunk(which, bands, at, &c, m, limits, out + at, counts))
            whole_chunk(which, bands, valid, at, &c, m, limits, out + at, counts);
        count(out + at, m, histogram);
        at += m;
    }
    return 0;
}

/* One running sum for one band, so that it stays in a register, four numbers a turn; else each looks `apart` back. */
#define UNDO(type)                                                                                 \
    do {                                                                                           \
        for (int64_t row = 0; row < rows; row++) {                                                 \
            type *const at = (type *)data + row * row_numbers;                                     \
            uint32_t sum = 0;                                                                      \
            int64_t i = 0;                                                                         \
            if (apart > 1) {                                                                       \
                for (i = apart; i < row_numbers; i++) at[i] = (type)(at[i] + at[i - apart]);       \
                continue;                                                                          \
            }                                                                                      \
            for (; i + 4 <= row_numbers; i += 4) {                                                 \
                const uint32_t a = sum + at[i], b = a + at[i + 1], c = b + at[i + 2];              \
                sum = c + at[i + 3];                                                               \
                at[i] = (type)a, at[i + 1] = (type)b, at[i + 2] = (type)c, at[i + 3] = (type)sum;  \
            }                                                                                      \
            for (; i < row_numbers; i++) at[i] = (type)(sum += at[i]);                             \
        }                                                                                          \
    } while (0)

int gs_undo(void *data, int64_t rows, int64_t row_numbers, int64_t apart, int64_t bytes)
{
    if (rows < 0 || row_numbers < 0 || apart < 1) return -1;
    switch (bytes) {
    case 1: UNDO(uint8_t); return 0;
    case 2: UNDO(uint16_t); return 0;
    case 4: UNDO(uint32_t); return 0;
    default: return -1;
    }
}

WIDE int gs_differences(const int16_t *restrict data, int64_t rows, int64_t columns, int16_t *restrict out)
{
    if (rows < 0 || columns < 0) return -1;
    for (int64_t row = 0; row < rows && columns; row++) {
        const uint16_t *const from = (const uint16_t *)data + row * columns;
        uint16_t *const to = (uint16_t *)out + row * columns;
        to[0] = from[0];
        for (int64_t i = 1; i < columns; i++) to[i] = (uint16_t)(from[i] - from[i - 1]);
    }
    return 0;
}
