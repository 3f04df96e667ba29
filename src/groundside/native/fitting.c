#include "fitting.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define COVERED 0.8    /* as fit.COVERED: of the shorter at least so much lies inside the time of the longer */
#define ROUNDED_MS 2.0 /* times are whole milliseconds; rounding must rule out nothing */
#define ROUNDED_CM 2.0
#define MARGIN_MS 20.0
#define MOST_LOOKS 4000000 /* cells compared for one pair: past that comparing the tracks themselves is cheaper */
#define MOST_CM 2100000000.0
#define LESS 1e-6 /* than a share of positions is enough: shares are no exact numbers */
#define EDGE_CELLS 2 /* at the ends of a track, where rounding leaves open whether something lies in its time */
#define FEW 16 /* numbers that are sorted rather than parted */

static const double WIDTH_MS[GS_WIDTHS] = {8000.0, 2000.0, 500.0};

/* The last place, from `at` on and before the last but one, whose time is not after t; steps grow, then halve. */
static int64_t place_of(const double *times, int64_t n, int64_t at, double t)
{
    int64_t step = 1;
    while (at + step + 1 < n && times[at + step] <= t) {
        at += step;
        step *= 2;
    }
    for (; step > 0; step /= 2)
        if (at + step + 1 < n && times[at + step] <= t) at += step;
    return at;
}

static int64_t part_of(const struct gs_followed *f, double t)
{
    const double part = (t - f->first) * f->per_s;
    return part > 0.0 ? part < (double)(f->parts - 1) ? (int64_t)part : f->parts - 1 : 0;
}

void gs_follow(const struct gs_positions *of, struct gs_leg *legs, int32_t *from, struct gs_followed *out)
{
    const int64_t n = of->n - 1, parts = GS_PARTS_A_LEG * n;
    const double first = of->t[0], last = of->t[n] > DBL_MAX ? DBL_MAX : of->t[n]; /* the last leg has no end */
    *out = (struct gs_followed){legs, from, parts, first, last, last > first ? (double)(parts - 1) / (last - first) : 0.0};
    for (int64_t i = 0; i < n; i++) {
        const double span = of->t[i + 1] - of->t[i];
        const double east = span > 0.0 ? (of->east[i + 1] - of->east[i]) / span : 0.0;
        const double north = span > 0.0 ? (of->north[i + 1] - of->north[i]) / span : 0.0;
        legs[i] = (struct gs_leg){of->t[i], i + 1 < n ? of->t[i + 1] : INFINITY, of->east[i], of->north[i], east, north};
    }
    for (int64_t part = 0, i = 0; part <= parts; part++) {
        while (i + 1 < n && part_of(out, legs[i + 1].t) < part) i++;
        from[part] = (int32_t)i;
    }
}

/* The last leg that begins not after t. */
static const struct gs_leg *leg_at(const struct gs_followed *f, double t)
{
    const int64_t part = part_of(f, t);
    int64_t i = f->from[part];
    for (int step = 0; step < 2; step++) i += f->legs[i].until <= t; /* mostly far enough, and no branch */
    if (f->legs[i].until > t) return f->legs + i;
    for (int64_t high = f->from[part + 1] + 1; i + 1 < high;) {
        const int64_t middle = (i + high) / 2;
        if (f->legs[middle].t <= t) i = middle;
        else high = middle;
    }
    return f->legs + i;
}

/* The square of the distance: the median of squares is the square of the median, and costs no root a position. */
static double apart_at(const struct gs_followed *f, double t, double east, double north)
{
    const struct gs_leg *leg = leg_at(f, t);
    const double since = t - leg->t;
    const double dx = leg->east + leg->east_mps * since - east;
    const double dy = leg->north + leg->north_mps * since - north;
    const double square = dx * dx + dy * dy;
    return square <= DBL_MAX ? square : INFINITY;
}

static double middle_of(double a, double b, double c)
{
    return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
}

/*
 * Put those less than a pivot first, with `or_same` those like it too, all others after them. Branches that nobody can
 * foretell cost more than stores.
 */
static int64_t parted(const double *from, int64_t n, double pivot, int64_t or_same, double *to)
{
    int64_t low = 0, high = n - 1;
    for (int64_t i = 0; i < n; i++) {
        const int64_t is_less = (from[i] < pivot) | (or_same & (from[i] == pivot));
        to[low] = to[high] = from[i];
        low += is_less;
        high -= 1 - is_less;
    }
    return low;
}

static void sort_few(double *v, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        const double held = v[i];
        int64_t j = i;
        for (; j > 0 && v[j - 1] > held; j--) v[j] = v[j - 1];
        v[j] = held;
    }
}

/* The k-th smallest of n numbers, none of them NaN; spare: 2 n places. */
static double kth(const double *v, int64_t n, int64_t k, double *spare)
{
    double *to = spare, *other = spare + n, few[FEW];
    while (n > FEW) {
        const double pivot = middle_of(v[0], v[n / 2], v[n - 1]);
        const int64_t less = parted(v, n, pivot, 0, to);
        if (less == 0) {
            const int64_t same = parted(v, n, pivot, 1, to);
            if (k < same) return pivot;
            v = to + same, n -= same, k -= same;
        }
        else if (k < less) v = to, n = less;
        else v = to + less, n -= less, k -= less;
        double *const held = to;
        to = other, other = held;
    }
    memcpy(few, v, sizeof *few * (size_t)n);
    sort_few(few, n);
    return few[k];
}

/* The median of the roots of n squares; spare: 2 n places. */
static double median_root(const double *v, int64_t n, double *spare)
{
    const double upper = kth(v, n, n / 2, spare);
    if (n % 2) return sqrt(upper);
    int64_t less = 0;
    double lower = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double below = v[i] < upper ? v[i] : 0.0;
        less += v[i] < upper;
        lower = below > lower ? below : lower;
    }
    return (sqrt(less < n / 2 ? upper : lower) + sqrt(upper)) / 2.0;
}

void gs_fit_apart(const struct gs_positions *clip, const struct gs_followed *flight, const double *offsets,
                  int64_t count, double covered, double *work, double *out)
{
    for (int64_t k = 0; k < count; k++) {
        int64_t inside = 0;
        out[k] = INFINITY;
        for (int64_t i = 0; i < clip->n; i++) {
            const double t = clip->t[i] + offsets[k];
            const int is_inside = t >= flight->first && t <= flight->last;
            work[i] = is_inside ? apart_at(flight, t, clip->east[i], clip->north[i]) : INFINITY;
            inside += is_inside;
        }
        if (clip->n > 0 && (double)inside / (double)clip->n >= covered) out[k] = median_root(work, clip->n, work + clip->n);
    }
}

/* The smallest rectangle around positions, and the circle around that. */
struct around {
    double west, east, south, north;
};

static void taken_in(struct around *a, double east, double north)
{
    a->west = fmin(a->west, east);
    a->east = fmax(a->east, east);
    a->south = fmin(a->south, north);
    a->north = fmax(a->north, north);
}

static const struct around NOTHING = {INFINITY, -INFINITY, INFINITY, -INFINITY};

/* Write the circle as whole centimetres, its radius rounded up; nothing where there is no position. */
static int put_circle(const struct around *a, double slack_cm, int64_t cells, int32_t *out)
{
    if (!(a->west <= a->east && a->south <= a->north)) return 0;
    const double x = (a->west + a->east) / 2.0, y = (a->south + a->north) / 2.0;
    const double dx = (a->east - a->west) / 2.0, dy = (a->north - a->south) / 2.0;
    const double r = ceil(sqrt(dx * dx + dy * dy) + slack_cm) + 1.0;
    if (!(fabs(x) <= MOST_CM && fabs(y) <= MOST_CM && r <= MOST_CM)) return -1;
    out[0] = (int32_t)floor(x);
    out[cells] = (int32_t)floor(y);
    out[2 * cells] = (int32_t)r + 1;
    return 0;
}

/* Put into `a` where the track is at a time inside it. */
static void taken_at(struct around *a, const double *t, const double *east, const double *north, int64_t n, int64_t i, double at)
{
    i = place_of(t, n, i, at);
    const double span = t[i + 1] - t[i], share = span > 0.0 ? (at - t[i]) / span : 0.0;
    taken_in(a, east[i] + (east[i + 1] - east[i]) * share, north[i] + (north[i + 1] - north[i]) * share);
}

int gs_lay_out(const double *t, const double *east, const double *north, int64_t n, const int64_t *judged, int64_t m,
               double width_ms, double slack_cm, int64_t cells, int32_t *out)
{
    if (n < 2 || !(width_ms >= 1.0) || t[0] != 0.0 || cells < 2 || (double)cells != floor(t[n - 1] / width_ms) + 2.0) return -1;
    for (int64_t i = 0; i + 1 < n; i++)
        if (!(t[i] <= t[i + 1])) return -1;
    for (int64_t k = 0; k < GS_RUNS * cells; k++) out[k] = 0;
    int64_t next = 0, first = 0;
    for (int64_t k = 0; k < cells; k++) {
        const double middle = width_ms * (double)k;
        struct around own = NOTHING, all = NOTHING;
        for (; next < m; next++) {
            const int64_t i = judged[next];
            if (i < 0 || i >= n || (next && i <= judged[next - 1])) return -1;
            if (floor(t[i] / width_ms + 0.5) > (double)k) break;
            taken_in(&own, east[i], north[i]);
            out[3 * cells + k]++;
        }
        const double from = fmax(middle - width_ms - ROUNDED_MS, 0.0);
        const double to = fmin(middle + width_ms + ROUNDED_MS, t[n - 1]);
        if (from <= to) {
            first = place_of(t, n, first, from);
            taken_at(&all, t, east, north, n, first, from);
            for (int64_t i = first + 1; i < n && t[i] <= to; i++) taken_in(&all, east[i], north[i]);
            for (int64_t i = first; i >= 0 && t[i] >= from; i--) taken_in(&all, east[i], north[i]);
            taken_at(&all, t, east, north, n, first, to);
        }
        if (put_circle(&own, ROUNDED_CM, cells, out + k) || put_circle(&all, slack_cm, cells, out + 4 * cells + k)) return -1;
    }
    return next == m ? 0 : -1;
}

struct layout {
    double length_ms;
    int64_t judged, cells[GS_WIDTHS];
    const int32_t *runs[GS_WIDTHS];
};

static int is_layout(const int32_t *numbers, int64_t size, struct layout *out)
{
    if (size < GS_LAYOUT_HEAD || numbers[GS_LENGTH_MS] < 0 || numbers[GS_JUDGED] < 1) return 0;
    int64_t at = GS_LAYOUT_HEAD;
    out->length_ms = numbers[GS_LENGTH_MS];
    out->judged = numbers[GS_JUDGED];
    for (int w = 0; w < GS_WIDTHS; w++) {
        const int64_t cells = out->cells[w] = numbers[GS_CELLS + w];
        const int64_t wanted = (int64_t)floor(out->length_ms / WIDTH_MS[w]) + 2;
        if (cells != wanted && !(w == GS_WIDTHS - 1 && cells == 0)) return 0;
        if (size - at < GS_RUNS * cells) return 0;
        out->runs[w] = numbers + at;
        at += GS_RUNS * cells;
    }
    return at == size;
}

/* One search for an offset at which a clip may lie on a flight. */
struct search {
    const struct layout *clip, *flight;
    float most_cm;
    double of_inside;
    int64_t needed, looks;
};

/* How many judged positions of the clip may be near the flight with its clock moved by so many cells. */
static int64_t near_at(const struct search *s, int width, int64_t offset)
{
    const int64_t own = s->clip->cells[width], others = s->flight->cells[width];
    const int64_t first = offset < 0 ? -offset : 0, end = own < others - offset ? own : others - offset;
    const int32_t *restrict x = s->clip->runs[width], *restrict y = x + own, *restrict r = y + own;
    const int32_t *restrict u = s->flight->runs[width] + 4 * others, *restrict v = u + others, *restrict p = v + others;
    const int32_t *restrict w = r + own;
    uint32_t found = 0; /* wraps where the numbers are nobody's layout */
    for (int64_t k = first; k < end; k++) {
        const float dx = (float)(int32_t)((uint32_t)x[k] - (uint32_t)u[k + offset]);
        const float dy = (float)(int32_t)((uint32_t)y[k] - (uint32_t)v[k + offset]);
        const float reach = s->most_cm + (float)r[k] + (float)p[k + offset];
        found += dx * dx + dy * dy <= reach * reach ? (uint32_t)w[k] : 0;
    }
    return (int32_t)found;
}

/*
 * How many judged positions of the clip surely lie within the time of the flight, its clock moved by so many cells: those
 * of a cell lie up to one width from its middle, half by where they are in it and half by where the clock is in its own.
 */
static int64_t inside_at(const struct search *s, int width, int64_t offset)
{
    const int64_t own = s->clip->cells[width], last = s->flight->cells[width] - EDGE_CELLS - 1 - offset;
    const int32_t *w = s->clip->runs[width] + 3 * own;
    uint32_t found = 0;
    for (int64_t k = EDGE_CELLS > offset ? EDGE_CELLS - offset : 0; k < own && k < last; k++) found += (uint32_t)w[k];
    return (int32_t)found;
}

static int is_enough(const struct search *s, int width, int64_t offset)
{
    const int64_t near = near_at(s, width, offset);
    if (near < s->needed) return 0;
    return s->of_inside <= 0.0 || (double)near >= s->of_inside * (double)inside_at(s, width, offset) - LESS;
}

/* Whether any offset from first to last, in cells, may do; asked again in narrower cells where one does. */
static int some_offset(struct search *s, int width, int64_t first, int64_t last)
{
    if (!s->clip->cells[width] || !s->flight->cells[width]) return GS_CLOSER;
    for (int64_t offset = first; offset <= last; offset++) {
        s->looks += s->clip->cells[width];
        if (s->looks > MOST_LOOKS) return GS_MAY;
        if (!is_enough(s, width, offset)) continue;
        if (width + 1 == GS_WIDTHS) return GS_MAY;
        const int64_t finer = (int64_t)(WIDTH_MS[width] / WIDTH_MS[width + 1]);
        const int said = some_offset(s, width + 1, finer * offset - finer / 2, finer * offset + finer / 2);
        if (said) return said;
    }
    return GS_NEVER;
}

static int may_lie(const struct layout *clip, const struct layout *flight, const struct gs_near *near)
{
    const double slack_ms = (1.0 - COVERED) * clip->length_ms + MARGIN_MS;
    const double low = -slack_ms, high = flight->length_ms - clip->length_ms + slack_ms;
    const int64_t first = (int64_t)floor(low / WIDTH_MS[0]), last = (int64_t)ceil(high / WIDTH_MS[0]);
    const int64_t needed = (int64_t)ceil(near->of_all * (double)clip->judged - LESS);
    struct search s = {clip, flight, (float)near->most_cm, near->of_inside, needed, 0};
    return some_offset(&s, 0, first, last);
}

int gs_may_lie(const int32_t *one, int64_t one_size, const int32_t *other, int64_t other_size,
               const struct gs_near *near)
{
    struct layout a, b;
    if (!(near->of_all > 0.0 && near->of_all <= 1.0 && near->of_inside >= 0.0 && near->of_inside <= 1.0))
        return GS_NO_LAYOUT;
    if (!is_layout(one, one_size, &a) || !is_layout(other, other_size, &b)) return GS_NO_LAYOUT;
    const double longer_ms = a.length_ms - b.length_ms;
    int said = GS_NEVER;
    if (longer_ms >= -MARGIN_MS) said = may_lie(&b, &a, near);
    if (said == GS_NEVER && longer_ms <= MARGIN_MS) said = may_lie(&a, &b, near);
    return said;
}
