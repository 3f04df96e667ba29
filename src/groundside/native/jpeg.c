#include "jpeg.h"

#include <string.h>

enum { SOF0 = 0xC0, SOF1 = 0xC1, DHT = 0xC4, RST0 = 0xD0, RST7 = 0xD7, SOS = 0xDA, DQT = 0xDB, DRI = 0xDD };
enum { APP0 = 0xE0, APP14 = 0xEE, LARGEST_DC = 15, LARGEST_TERM = 32767, AT_ONCE = 3, MOST_USED = 57 / AT_ONCE, SEGMENTS = 4096 };

struct bits {
    const uint8_t *data;
    int64_t at, end; /* bits; `at` is where `word` began */
    uint64_t word;
    int32_t used;
    int32_t broken;
};

static inline int32_t u16(const uint8_t *p) { return p[0] << 8 | p[1]; }

/* Of each length the codes that there are; gives 0 where there are more than can be. */
static int know_code(struct gs_jpeg_code *c, const uint8_t *counts, const uint8_t *symbols, int32_t n)
{
    memcpy(c->symbols, symbols, (size_t)n);
    memset(c->one, 0, sizeof c->one);
    int32_t code = 0, symbol = 0;
    for (int32_t length = 1; length <= 16; length++) {
        c->first[length] = symbol - code;
        for (int32_t k = 0; k < counts[length - 1]; k++, code++, symbol++) {
            if (code >= 1 << length) return 0;
            if (length > GS_JPEG_BITS) continue;
            const int32_t room = GS_JPEG_BITS - length;
            for (int32_t rest = 0; rest < 1 << room; rest++)
                c->one[code << room | rest] = (uint16_t)(length << 8 | c->symbols[symbol]);
        }
        c->below[length] = code;
        code <<= 1;
    }
    c->known = 1;
    return 1;
}

/* As many terms of a block as the next bits tell the codes of; what follows the last code is passed over unseen. */
static void know_many(struct gs_jpeg_code *c)
{
    for (int32_t next = 0; next < 1 << GS_JPEG_BITS; next++) {
        int32_t used = 0, passed = 0, end = 0;
        while (!end && used < GS_JPEG_BITS) {
            const int32_t one = c->one[(next << used) & ((1 << GS_JPEG_BITS) - 1)];
            const int32_t length = one >> 8, run = one >> 4 & 15, extra = one & 15;
            if (!one || used + length > GS_JPEG_BITS || used + length + extra > MOST_USED) break;
            end = !extra && run < 15;
            if (!end && passed + run + 1 > 64) break;
            used += length + extra;
            passed += end ? 0 : run + 1;
        }
        c->many[next] = (uint16_t)(used | passed << 5 | end << 12);
    }
}

static int codes(const uint8_t *p, int64_t size, struct gs_jpeg *f)
{
    while (size >= 17) {
        const int32_t ac = p[0] >> 4, which = p[0] & 15;
        int32_t n = 0;
        for (int32_t k = 1; k <= 16; k++) n += p[k];
        if (ac > 1 || which > 3 || n > 256 || size < 17 + n) return 0;
        struct gs_jpeg_code *c = ac ? &f->ac[which] : &f->dc[which];
        if (!know_code(c, p + 1, p + 17, n)) return 0;
        if (ac) know_many(c);
        p += 17 + n;
        size -= 17 + n;
    }
    return size == 0;
}

static int steps(const uint8_t *p, int64_t size, struct gs_jpeg *f)
{
    while (size > 0) {
        const int32_t wide = p[0] >> 4, which = p[0] & 15, length = wide ? 129 : 65;
        if (wide > 1 || which > 3 || size < length) return 0;
        f->steps[which] = wide ? u16(p + 1) : p[1];
        p += length;
        size -= length;
    }
    return 1;
}

static int32_t parts(int32_t whole, int32_t part) { return (whole + part - 1) / part; }

static int frame(const uint8_t *p, int64_t size, int64_t most_pixels, struct gs_jpeg *f)
{
    if (size < 6 || f->n || p[0] != 8 || (p[5] != 1 && p[5] != 3) || size != 6 + 3 * p[5]) return 0;
    f->height = u16(p + 1);
    f->width = u16(p + 3);
    f->n = p[5];
    if (!f->width || !f->height || (int64_t)f->width * f->height > most_pixels) return 0;
    int32_t across = 1, down = 1;
    for (int32_t k = 0; k < f->n; k++) {
        struct gs_jpeg_plane *plane = &f->planes[k];
        const uint8_t *q = p + 6 + 3 * k;
        plane->id = q[0];
        plane->across = f->n == 1 ? 1 : q[1] >> 4;
        plane->down = f->n == 1 ? 1 : q[1] & 15;
        plane->table = q[2];
        if (plane->table > 3 || plane->across < 1 || plane->across > 4 || plane->down < 1 || plane->down > 4) return 0;
        across = plane->across > across ? plane->across : across;
        down = plane->down > down ? plane->down : down;
    }
    f->units_across = parts(f->width, 8 * across);
    f->units_down = parts(f->height, 8 * down);
    for (int32_t k = 0; k < f->n; k++) {
        struct gs_jpeg_plane *plane = &f->planes[k];
        plane->width = f->units_across * plane->across;
        plane->height = f->units_down * plane->down;
        plane->shown_width = parts(parts(f->width * plane->across, across), 8);
        plane->shown_height = parts(parts(f->height * plane->down, down), 8);
        plane->at = f->written;
        f->written += (int64_t)plane->width * plane->height;
    }
    return f->n == 1 || f->planes[0].id != 'R' || f->planes[1].id != 'G' || f->planes[2].id != 'B';
}

static int scan(const uint8_t *p, int64_t size, struct gs_jpeg *f)
{
    if (size < 1 || !f->n || p[0] != f->n || size != 4 + 2 * p[0]) return 0;
    for (int32_t k = 0; k < f->n; k++) {
        struct gs_jpeg_plane *plane = &f->planes[k];
        plane->dc = p[2 + 2 * k] >> 4;
        plane->ac = p[2 + 2 * k] & 15;
        plane->step = f->steps[plane->table];
        if (p[1 + 2 * k] != plane->id || plane->dc > 3 || plane->ac > 3 || !plane->step) return 0;
        if (!f->dc[plane->dc].known || !f->ac[plane->ac].known) return 0;
    }
    const uint8_t *q = p + 1 + 2 * f->n;
    return q[0] == 0 && q[1] == 63 && q[2] == 0;
}

static int segment(int32_t marker, const uint8_t *p, int64_t size, int64_t most_pixels, struct gs_jpeg *f)
{
    switch (marker) {
    case SOF0:
    case SOF1: return frame(p, size, most_pixels, f);
    case DHT: return codes(p, size, f);
    case DQT: return steps(p, size, f);
    case DRI:
        if (size != 2) return 0;
        f->restart = u16(p);
        return 1;
    case SOS: return scan(p, size, f);
    case APP14: return size < 12 || memcmp(p, "Adobe", 5) || p[11] == 1;
    default: return marker >= APP0;
    }
}

int gs_jpeg_open(const uint8_t *data, int64_t size, int64_t most_pixels, struct gs_jpeg *f)
{
    f->n = f->restart = 0;
    f->written = 0;
    for (int32_t k = 0; k < 4; k++) f->dc[k].known = f->ac[k].known = f->steps[k] = 0;
    if (size < 4 || data[0] != 0xFF || data[1] != 0xD8) return 0;
    int64_t at = 2;
    for (int32_t k = 0; k < SEGMENTS && at + 4 <= size; k++) {
        if (data[at] != 0xFF) return 0;
        const int32_t marker = data[at + 1], length = u16(data + at + 2);
        if (marker == 0xFF) {
            at++;
            continue;
        }
        if (length < 2 || at + 2 + length > size) return 0;
        if (!segment(marker, data + at + 4, length - 2, most_pixels, f)) return 0;
        at += 2 + length;
        if (marker != SOS) continue;
        f->scan = at;
        return 1;
    }
    return 0;
}

/* Coded data on their way to bits: without the zeros behind 0xFF. */
struct cleaning {
    const uint8_t *at, *end;
    uint8_t *to;
    int32_t restarts;
};

/* Copy up to the next marker; gives it, or -1 where the data end. */
static int32_t cleaned(struct cleaning *c)
{
    for (;;) {
        const uint8_t *mark = memchr(c->at, 0xFF, (size_t)(c->end - c->at));
        if (!mark) return -1;
        memcpy(c->to, c->at, (size_t)(mark - c->at));
        c->to += mark - c->at;
        c->at = mark + 1;
        while (c->at < c->end && *c->at == 0xFF) c->at++;
        if (c->at == c->end) return -1;
        const int32_t marker = *c->at++;
        if (marker) return marker;
        *c->to++ = 0xFF;
    }
}

static inline void load(struct bits *b)
{
    uint64_t word;
    b->at += b->used;
    b->used = 0;
    if (b->at > b->end) {
        b->broken = 1;
        b->at = b->end;
    }
    memcpy(&word, b->data + (b->at >> 3), sizeof word);
    b->word = __builtin_bswap64(word) << (b->at & 7);
}

static inline void use(struct bits *b, int32_t n)
{
    b->word <<= n;
    b->used += n;
}

/* The next symbol, which uses its code; -1 where there is none such. */
static inline int32_t symbol(const struct gs_jpeg_code *c, struct bits *b)
{
    const int32_t one = c->one[b->word >> (64 - GS_JPEG_BITS)];
    if (one) {
        use(b, one >> 8);
        return one & 255;
    }
    for (int32_t length = GS_JPEG_BITS + 1; length <= 16; length++) {
        const int32_t code = (int32_t)(b->word >> (64 - length));
        if (code >= c->below[length]) continue;
        use(b, length);
        return c->symbols[code + c->first[length]];
    }
    return -1;
}

static int constant(const struct gs_jpeg_code *c, struct bits *b, int32_t *term)
{
    const int32_t size = symbol(c, b);
    if (size < 0 || size > LARGEST_DC) return 0;
    const int32_t value = (int32_t)(b->word >> 1 >> (63 - size)), half = 1 << size >> 1;
    *term += value - (value < half ? (1 << size) - 1 : 0);
    use(b, size);
    return *term <= LARGEST_TERM && *term >= -LARGEST_TERM;
}

static int pass_over(const struct gs_jpeg_code *c, struct bits *b)
{
    for (int32_t k = 1; k < 64;) {
        load(b);
        uint64_t word = b->word;
        int32_t used = 0, whole = 1;
        for (int32_t n = 0; n < AT_ONCE && k < 64; n++) {
            const int32_t many = c->many[word >> (64 - GS_JPEG_BITS)];
            const int32_t passed = many >> 5 & 127, end = many >> 12;
            whole = many && k + passed + end <= 64;
            if (!whole) break;
            word <<= many & 31;
            used += many & 31;
            k += end ? 64 : passed;
        }
        b->used = used;
        if (whole) continue;
        load(b);
        const int32_t one = symbol(c, b);
        if (one < 0) return 0;
        if (!(one & 15) && one >> 4 < 15) return 1;
        use(b, one & 15);
        k += (one >> 4) + 1;
        if (k > 64 || b->broken) return 0;
    }
    return 1;
}

static inline uint8_t shown(int32_t term, int32_t step)
{
    const int64_t mean = (((int64_t)term * step + 4) >> 3) + 128;
    return (uint8_t)(mean < 0 ? 0 : mean > 255 ? 255 : mean);
}

static int unit(const struct gs_jpeg *f, struct bits *b, int32_t *terms, int32_t x, int32_t y, uint8_t *planes)
{
    for (int32_t k = 0; k < f->n; k++) {
        const struct gs_jpeg_plane *p = &f->planes[k];
        for (int32_t v = 0; v < p->down; v++) {
            uint8_t *to = planes + p->at + (int64_t)(y * p->down + v) * p->width + (int64_t)x * p->across;
            for (int32_t h = 0; h < p->across; h++) {
                load(b);
                if (!constant(&f->dc[p->dc], b, &terms[k]) || !pass_over(&f->ac[p->ac], b)) return 0;
                to[h] = shown(terms[k], p->step);
            }
        }
    }
    return !b->broken;
}

/* The units between two restarts. */
static int interval(const struct gs_jpeg *f, struct bits *b, int64_t from, int64_t until, uint8_t *planes)
{
    int32_t terms[GS_JPEG_PLANES] = {0, 0, 0};
    for (int64_t k = from; k < until; k++)
        if (!unit(f, b, terms, (int32_t)(k % f->units_across), (int32_t)(k / f->units_across), planes)) return 0;
    return b->at + b->used <= b->end;
}

int gs_jpeg_means(const uint8_t *data, int64_t size, struct gs_jpeg *f, uint8_t *clean, uint8_t *planes)
{
    struct cleaning c = {data + f->scan, data + size, clean, 0};
    const int64_t units = (int64_t)f->units_across * f->units_down, step = f->restart ? f->restart : units;
    for (int64_t from = 0; from < units; from += step) {
        const int64_t until = from + step < units ? from + step : units;
        uint8_t *begin = c.to;
        const int32_t marker = cleaned(&c);
        const int last = until == units;
        if (marker < 0 || (!last && marker != RST0 + (c.restarts++ & 7)) || (last && marker >= RST0 && marker <= RST7))
            return 0;
        memset(c.to, 0, 8);
        struct bits b = {begin, 0, 8 * (c.to - begin), 0, 0, 0};
        if (!interval(f, &b, from, until, planes)) return 0;
        c.to = clean;
    }
    return 1;
}
