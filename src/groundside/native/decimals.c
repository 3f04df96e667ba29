#include "decimals.h"

#include <math.h>
#include <string.h>

#define MOST_DIGITS 15
#define UINT64_DIGITS 19
#define KIND (GS_DECIMAL_READ | GS_DECIMAL_BY_HAND)
#define EXACT (UINT64_C(1) << 53)

/* W. D. Clinger, "How to read floating point numbers accurately", 1990: exact digits by an exact power round once. */
static const double POWER[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

struct number {
    const uint8_t *stop; /* what comes behind it */
    double value;
    int how;
};

static const uint8_t *digits(const uint8_t *p, const uint8_t *end, uint64_t *n)
{
    for (; p < end && (uint8_t)(*p - '0') < 10; p++) *n = *n * 10 + (uint64_t)(*p - '0');
    return p;
}

static struct number number_at(const uint8_t *p, const uint8_t *end)
{
    struct number found = {p, NAN, GS_DECIMAL_NONE};
    uint64_t n = 0;
    const int negative = p < end && *p == '-', is_signed = negative || (p < end && *p == '+');
    p += is_signed;
    const uint8_t *point = digits(p, end, &n), *stop = point;
    int64_t before = point - p, after = 0;
    if (point < end && *point == '.') {
        stop = digits(point + 1, end, &n);
        after = stop - point - 1;
        if (!after) return found;
        found.how = GS_DECIMAL_POINT;
    } else if (!is_signed)
        found.how = GS_DECIMAL_DIGITS;
    found.stop = stop;
    if (!before || before > MOST_DIGITS || after > MOST_DIGITS)
        found.how = GS_DECIMAL_NONE;
    else if (before + after > UINT64_DIGITS || n > EXACT)
        found.how |= GS_DECIMAL_BY_HAND;
    else {
        found.value = (double)n / POWER[after];
        if (negative) found.value = -found.value;
        found.how |= GS_DECIMAL_READ;
    }
    return found;
}

/* What a text has that is no number, or not only one. */
static int signs_of(const uint8_t *p, const uint8_t *end)
{
    int how = memchr(p, '.', (size_t)(end - p)) ? GS_DECIMAL_POINT : 0;
    const uint8_t *digit = p;
    while (digit < end && (uint8_t)(*digit - '0') < 10) digit++;
    return how | (digit == end && digit > p ? GS_DECIMAL_DIGITS : 0);
}

static int two_numbers(const uint8_t *p, const uint8_t *slash, const uint8_t *end, double *value, double *below)
{
    struct number first = number_at(p, slash), second = number_at(slash + 1, end);
    if (first.stop != slash) first.how = GS_DECIMAL_NONE, first.value = NAN;
    if (second.stop != end) second.how = GS_DECIMAL_NONE, second.value = NAN;
    *value = first.value;
    *below = second.value;
    if (!(first.how & KIND) || !(second.how & KIND)) return GS_DECIMAL_SLASH;
    return GS_DECIMAL_SLASH | ((first.how | second.how) & GS_DECIMAL_BY_HAND ? GS_DECIMAL_BY_HAND : GS_DECIMAL_READ);
}

static uint8_t read(const uint8_t *text, const uint8_t *end, const char *skip, double *value, double *below)
{
    const uint8_t *p = text;
    if (!below)
        while (p < end && *p && *skip && strchr(skip, *p)) p++;
    struct number found = number_at(p, end);
    if (found.stop == end && found.how & KIND) {
        *value = found.value;
        return (uint8_t)(p > text ? found.how & ~GS_DECIMAL_DIGITS : found.how);
    }
    const uint8_t *slash = below ? memchr(p, '/', (size_t)(end - p)) : NULL;
    return (uint8_t)(signs_of(text, end) | (slash ? two_numbers(p, slash, end, value, below) : GS_DECIMAL_NONE));
}

/* Whether a text is that of the row before: settings hardly ever change. */
static int is_same(const uint8_t *data, const struct gs_span *a, const struct gs_span *b)
{
    const uint8_t *x = data + a->begin, *y = data + b->begin;
    if (a->length != b->length) return 0;
    for (int32_t k = a->length - 1; k >= 0; k--) /* from the end, where numbers differ first */
        if (x[k] != y[k]) return 0;
    return 1;
}

int gs_decimals(const uint8_t *data, int64_t size, const struct gs_span *spans, int64_t n, const char *skip,
                double *values, double *below, uint8_t *how)
{
    for (int64_t i = 0; i < n; i++) {
        const struct gs_span span = spans[i];
        if (span.begin < 0 || span.length < 0 || span.begin > size || span.length > size - span.begin) return 1;
        if (i && is_same(data, &span, &spans[i - 1])) {
            values[i] = values[i - 1];
            if (below) below[i] = below[i - 1];
            how[i] = how[i - 1];
            continue;
        }
        if (below) below[i] = NAN;
        values[i] = NAN;
        how[i] = 0;
        if (span.length)
            how[i] = read(data + span.begin, data + span.begin + span.length, skip, &values[i], below ? &below[i] : NULL);
    }
    return 0;
}
