#include "indices.h"

#include <math.h>
#include <string.h>

#define CHUNK 1024

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

static void count(const struct chunk *restrict c, int n, const int16_t *restrict out, int64_t *restrict histogram,
                  int64_t *restrict counts)
{
    uint64_t bits[CHUNK], lost = 0;
    for (int i = 0; i < n; i++) histogram[(int32_t)out[i] + 32768]++;
    memcpy(bits, c->fate, (size_t)n * sizeof *bits);
    for (int i = 0; i < n; i++) lost |= bits[i];
    if (lost)
        for (int i = 0; i < n; i++) counts[(int)c->fate[i]]++;
    else
        counts[GS_GIVEN] += n;
}

int gs_index(int which, const struct gs_band *bands, const uint8_t *valid, int64_t n, double factor, double low,
             double high, int16_t *out, int64_t *histogram, int64_t *counts)
{
    struct chunk c;
    const double limits[3] = {factor, low, high};
    if (which < 0 || which >= GS_INDICES || !(low >= -32767.0) || !(high <= 32767.0)) return -1;
    memset(c.x, 0, sizeof c.x);
    for (int64_t at = 0; at < n; at += CHUNK) {
        const int m = n - at < CHUNK ? (int)(n - at) : CHUNK;
        for (int i = 0; i < m; i++) c.fate[i] = valid && !valid[at + i] ? GS_NO_DATA : GS_GIVEN;
        for (int k = 0; k < GS_BANDS; k++)
            if (bands[k].data) load(&bands[k], at, m, c.x[k], c.fate);
        evaluate(which, &c, m);
        store(&c, m, limits, out + at);
        count(&c, m, out + at, histogram, counts);
    }
    return 0;
}
