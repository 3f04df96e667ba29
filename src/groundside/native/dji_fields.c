#include "dji_fields.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define WORD 8
#define DEGREES (180.0 / 3.141592653589793238462643383279502884)
#define EVERY_BYTE 0x0101010101010101u
#define BITS_OF_BYTES 0x0102040810204080u /* times eight bytes of 0 or 1: their bits in the highest byte */

#define EACH(type, store)                                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
        type raw;                                                                                                      \
        memcpy(&raw, from + i * stride, sizeof raw);                                                                   \
        store;                                                                                                         \
    }                                                                                                                  \
    break;

static void as_doubles(const struct gs_dji_block *b, const struct gs_dji_column *c, double *to)
{
    const int64_t n = b->n, stride = b->stride;
    const uint8_t *from = b->rows + c->at;
    switch (c->code) {
    case GS_U1: EACH(uint8_t, to[i] = (double)raw)
    case GS_I1: EACH(int8_t, to[i] = (double)raw)
    case GS_U2: EACH(uint16_t, to[i] = (double)raw)
    case GS_I2: EACH(int16_t, to[i] = (double)raw)
    case GS_U4: EACH(uint32_t, to[i] = (double)raw)
    case GS_I4: EACH(int32_t, to[i] = (double)raw)
    case GS_U8: EACH(uint64_t, to[i] = (double)raw)
    case GS_I8: EACH(int64_t, to[i] = (double)raw)
    case GS_F4: EACH(float, to[i] = (double)raw)
    default: EACH(double, to[i] = raw)
    }
}

/* Whether nothing can come of an integer but a finite number: then nothing need be looked at. */
static int is_always_there(const struct gs_dji_column *c)
{
    const int limits = isinf(c->least) && c->least < 0 && isinf(c->most) && c->most > 0;
    return c->code < GS_F4 && limits && fabs(c->divide) >= 1e-100 && isfinite(c->divide) && fabs(c->add) < 1e300;
}

static void numbers(const struct gs_dji_block *b, const struct gs_dji_column *c, double *to)
{
    const int64_t n = b->n;
    const double divide = c->divide, add = c->add, least = c->least, most = c->most;
    as_doubles(b, c, to);
    if (is_always_there(c)) {
        for (int64_t i = 0; i < n; i++) to[i] = to[i] / divide + add;
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        const double value = to[i] / divide + add;
        to[i] = ((to[i] > least) & (to[i] < most) & (fabs(value) <= DBL_MAX)) ? value : NAN;
    }
}

static void angles(const struct gs_dji_block *b, const struct gs_dji_column *c, double *to)
{
    const double most = c->most;
    as_doubles(b, c, to);
    for (int64_t i = 0; i < b->n; i++) {
        const double value = to[i] * DEGREES;
        to[i] = ((fabs(to[i]) <= most) & (fabs(value) <= DBL_MAX)) ? value : NAN;
    }
}

/* Bring one byte of each row together; fields of the same byte mostly follow each other. */
static const uint8_t *bytes_at(struct gs_dji_block *b, int32_t at)
{
    if (b->bytes_of == at) return b->bytes;
    for (int64_t i = 0; i < b->n; i++) b->bytes[i] = b->rows[i * b->stride + at];
    b->bytes_of = at;
    return b->bytes;
}

static void flags(struct gs_dji_block *b, const struct gs_dji_column *c, uint8_t *to)
{
    const uint8_t *bytes = bytes_at(b, c->at);
    const uint64_t mask = (uint64_t)c->mask * EVERY_BYTE, rest = 0x7F * EVERY_BYTE;
    for (int64_t i = 0; i < b->n; i += WORD) {
        uint64_t word;
        memcpy(&word, bytes + i, WORD);
        word &= mask;
        word = (((word & rest) + rest) | word) >> 7 & EVERY_BYTE;
        to[i >> 3] = (uint8_t)(word * BITS_OF_BYTES >> 56);
    }
}

/* Room behind the last value is for as many as make a word. */
static void single_bytes(struct gs_dji_block *b, const struct gs_dji_column *c, uint8_t *to)
{
    const uint8_t *bytes = bytes_at(b, c->at);
    const int shift = c->mask ? __builtin_ctz((unsigned)c->mask) : 0;
    const uint64_t mask = (uint64_t)(c->mask ? c->mask >> shift : 0xFF) * EVERY_BYTE;
    for (int64_t i = 0; i < b->n; i += WORD) {
        uint64_t word;
        memcpy(&word, bytes + i, WORD);
        word = word >> shift & mask;
        memcpy(to + i, &word, WORD);
    }
}

static void whole(struct gs_dji_block *b, const struct gs_dji_column *c, uint8_t *to)
{
    const int64_t n = b->n, stride = b->stride;
    const uint8_t *from = b->rows + c->at;
    switch (gs_dji_width(c->code)) {
    case 1: single_bytes(b, c, to); break;
    case 2: EACH(uint16_t, memcpy(to + 2 * i, &raw, 2))
    case 4: EACH(uint32_t, memcpy(to + 4 * i, &raw, 4))
    default: EACH(uint64_t, memcpy(to + 8 * i, &raw, 8))
    }
}

/* Say which of the rows just made are not there at all: the records end before. */
static void take_back(const struct gs_dji_block *b, const struct gs_dji_column *asked, struct gs_dji_made *c)
{
    const int32_t end = asked->at + gs_dji_width(asked->code);
    for (int64_t i = 0; i < b->n; i++) {
        if (b->sizes[i] >= end) continue;
        const int64_t row = b->first + i;
        if (asked->op > GS_DJI_WORDS) {
            ((double *)(void *)c->values)[row] = NAN;
            continue;
        }
        c->nulls++;
        c->validity[row >> 3] &= (uint8_t)~(1u << (row & 7));
    }
}

void gs_dji_make(struct gs_dji_block *b, const struct gs_dji_rows *r, const struct gs_dji_column *asked, struct gs_dji_made *c)
{
    int64_t *whole_numbers = (int64_t *)(void *)c->values + b->first;
    double *doubles = (double *)(void *)c->values + b->first;
    switch (asked->op) {
    case GS_DJI_WHOLE:
    case GS_DJI_WORDS: whole(b, asked, c->values + b->first * gs_dji_width(asked->code)); break;
    case GS_DJI_FLAG: flags(b, asked, c->values + (b->first >> 3)); break;
    case GS_DJI_NUMBER: numbers(b, asked, doubles); break;
    case GS_DJI_ANGLE: angles(b, asked, doubles); break;
    case GS_DJI_ROW:
        for (int64_t i = 0; i < b->n; i++) whole_numbers[i] = r->which[b->first + i];
        return;
    default:
        for (int64_t i = 0; i < b->n; i++) whole_numbers[i] = r->places[r->which[b->first + i]] - r->head;
        return;
    }
    if (b->any_short) take_back(b, asked, c);
}
