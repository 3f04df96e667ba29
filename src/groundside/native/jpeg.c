#include "jpeg.h"

#include <string.h>

enum { SOF0 = 0xC0, SOF1 = 0xC1, DHT = 0xC4, RST0 = 0xD0, RST7 = 0xD7, SOS = 0xDA, DQT = 0xDB, DRI = 0xDD };
enum { APP0 = 0xE0, APP14 = 0xEE, LARGEST_DC = 15, LARGEST_TERM = 32767, SEGMENTS = 4096 };
enum { READABLE = 57, MOST_USED = READABLE / 3 }; /* bits that one look ahead has, and that one entry of `many` uses */
enum { BLOCK = 64, END = 2 * BLOCK, UNKNOWN = 4 * BLOCK, PER_TERM = 64 }; /* of an entry of `many` */
enum { MOST_OF_UNIT = 3 * 4 * 4 * BLOCK * 4, AFTER = 16 }; /* bytes of one unit of a scan; of zeros after what is clean */

struct bits {
    const uint8_t *data;
    int64_t at, end; /* bits */
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
    for (int32_t few = 0; few < 1 << GS_JPEG_FEW; few++) {
        const int32_t one = c->one[few << (GS_JPEG_BITS - GS_JPEG_FEW)];
        c->few[few] = (uint16_t)(one >> 8 <= GS_JPEG_FEW ? one : 0);
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
        c->many[next] = (uint16_t)(used + PER_TERM * (used ? passed + (end ? END : 0) : UNKNOWN));
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

/* Coded data on their way to bits: without the zeros behind 0xFF, up to the next marker. */
struct cleaning {
    const uint8_t *at, *end;
    uint8_t *clean, *to;
    int32_t marker; /* 0 until one is met, -1 where the data end without one */
};

static void clean_more(struct cleaning *c)
{
    const uint8_t *full = c->clean + GS_JPEG_ROOM - AFTER;
    while (c->to < full && !c->marker) {
        const int64_t left = c->end - c->at, room = full - c->to;
        const size_t most = (size_t)(left < room ? left : room);
        const uint8_t *mark = memchr(c->at, 0xFF, most);
        const size_t plain = mark ? (size_t)(mark - c->at) : most;
        memcpy(c->to, c->at, plain);
        c->to += plain;
        c->at += plain;
        while (mark && c->at < c->end && *c->at == 0xFF) c->at++;
        if (c->at == c->end) c->marker = -1;
        else if (mark && !(c->marker = *c->at++)) *c->to++ = 0xFF;
    }
    memset(c->to, 0, AFTER);
}

/* Let the bits of a whole unit be there, or all up to the marker. */
static void ready(struct cleaning *c, struct bits *b)
{
    if (c->marker || b->end - b->at >= 8 * MOST_OF_UNIT) return;
    const int64_t used = b->at >> 3;
    c->to -= used;
    memmove(c->clean, c->clean + used, (size_t)(c->to - c->clean));
    clean_more(c);
    b->at &= 7;
    b->end = 8 * (c->to - c->clean);
}

/* The next bits, the first of them highest; past the end there are none to be trusted. */
static inline uint64_t ahead(const uint8_t *data, int64_t at)
{
    uint64_t word;
    memcpy(&word, data + (at >> 3), sizeof word);
    return __builtin_bswap64(word) << (at & 7);
}

/* The length of the next code times 256 plus its symbol; -1 where there is none such. */
static int32_t code_of(const struct gs_jpeg_code *c, uint64_t word)
{
    const int32_t one = c->one[word >> (64 - GS_JPEG_BITS)];
    if (one) return one;
    for (int32_t length = GS_JPEG_BITS + 1; length <= 16; length++) {
        const int32_t code = (int32_t)(word >> (64 - length));
        if (code < c->below[length]) return length << 8 | c->symbols[code + c->first[length]];
    }
    return -1;
}

/* Add to a plane's constant term; gives in `left` enough of the bits that follow for two entries of `many`. */
static inline int constant(const struct gs_jpeg_code *c, struct bits *b, int32_t *term, uint64_t *left)
{
    const uint64_t word = ahead(b->data, b->at);
    int32_t one = c->few[word >> (64 - GS_JPEG_FEW)];
    if (!one) one = code_of(c, word);
    const int32_t size = one & 255, length = one >> 8;
    if (one < 0 || size > LARGEST_DC) return 0;
    const int32_t value = (int32_t)(word << length >> 1 >> (63 - size)), half = 1 << size >> 1;
    *term += value - (value < half ? (1 << size) - 1 : 0);
    b->at += length + size;
    *left = length + size <= MOST_USED ? word << (length + size) : ahead(b->data, b->at);
    return *term <= LARGEST_TERM && *term >= -LARGEST_TERM && b->at <= b->end;
}

/* Pass over a term that `many` does not tell of; gives how far the block then is, `END` at its end, 0 where it is none. */
static uint32_t pass_one(const struct gs_jpeg_code *c, struct bits *b, uint32_t passed)
{
    const int32_t one = code_of(c, ahead(b->data, b->at)), run = one >> 4 & 15, extra = one & 15;
    if (one < 0) return 0;
    b->at += (one >> 8) + extra;
    if (!extra && run < 15) return END;
    passed += (uint32_t)run + 1;
    return passed > BLOCK || b->at > b->end ? 0 : passed;
}

/*
 * Pass over all of a block but its constant term. Two entries at a time: while the second is looked up by what is left
 * of `word`, the bits after it are already on their way. By itself, for inlined it runs out of registers and loses a tenth.
 */
static __attribute__((noinline)) int pass_over(const struct gs_jpeg_code *c, struct bits *b, uint64_t word)
{
    const uint8_t *data = b->data;
    uint32_t passed = 1, so_far, entry;
    while (passed < BLOCK) {
        int64_t at = b->at;
        so_far = PER_TERM * passed;
        for (;;) {
            entry = c->many[word >> (64 - GS_JPEG_BITS)];
            so_far += entry;
            if (so_far >= PER_TERM * BLOCK) break;
            word <<= entry & 63;
            at += so_far & 63;
            so_far &= ~63u;
            const uint64_t next = ahead(data, at);
            entry = c->many[word >> (64 - GS_JPEG_BITS)];
            so_far += entry;
            if (so_far >= PER_TERM * BLOCK) break;
            word = next << (entry & 63);
            at += so_far & 63;
            so_far &= ~63u;
            if (at > b->end) return 0;
        }
        b->at = at + (so_far & 63);
        passed = so_far / PER_TERM;
        if (passed == BLOCK || (passed > END && passed < END + BLOCK)) break;
        b->at -= entry & 63;
        passed = pass_one(c, b, (so_far - entry) / PER_TERM);
        if (!passed) return 0;
        word = ahead(data, b->at);
    }
    return b->at <= b->end;
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
                uint64_t word;
                if (!constant(&f->dc[p->dc], b, &terms[k], &word) || !pass_over(&f->ac[p->ac], b, word)) return 0;
                to[h] = shown(terms[k], p->step);
            }
        }
    }
    return 1;
}

/* The units between two restarts. */
static int interval(const struct gs_jpeg *f, struct cleaning *c, int64_t from, int64_t until, uint8_t *planes)
{
    int32_t terms[GS_JPEG_PLANES] = {0, 0, 0};
    struct bits b = {c->clean, 0, 0};
    c->to = c->clean;
    c->marker = 0;
    int32_t x = (int32_t)(from % f->units_across), y = (int32_t)(from / f->units_across);
    for (int64_t k = from; k < until; k++) {
        ready(c, &b);
        if (!unit(f, &b, terms, x, y, planes)) return 0;
        if (++x == f->units_across) x = 0, y++;
    }
    while (!c->marker) {
        c->to = c->clean;
        clean_more(c);
    }
    return 1;
}

int gs_jpeg_means(const uint8_t *data, int64_t size, struct gs_jpeg *f, uint8_t *clean, uint8_t *planes)
{
    struct cleaning c = {data + f->scan, data + size, clean, clean, 0};
    const int64_t units = (int64_t)f->units_across * f->units_down, step = f->restart ? f->restart : units;
    int32_t restarts = 0;
    for (int64_t from = 0; from < units; from += step) {
        const int64_t until = from + step < units ? from + step : units;
        if (!interval(f, &c, from, until, planes) || c.marker < 0) return 0;
        const int last = until == units;
        if (last ? c.marker >= RST0 && c.marker <= RST7 : c.marker != RST0 + (restarts++ & 7)) return 0;
    }
    return 1;
}
