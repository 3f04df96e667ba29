/* Decimal numbers in text, correctly rounded; what would need more than a double's digits is left to the caller. */
#ifndef GROUNDSIDE_DECIMALS_H
#define GROUNDSIDE_DECIMALS_H

#include <stdint.h>

enum gs_decimal {
    GS_DECIMAL_NONE = 0,    /* not a plain decimal number */
    GS_DECIMAL_READ = 1,    /* read */
    GS_DECIMAL_BY_HAND = 2, /* a plain decimal number whose digits take more than 53 bits */
    GS_DECIMAL_POINT = 4,   /* and the text has a point, */
    GS_DECIMAL_SLASH = 8,   /* a slash, */
    GS_DECIMAL_DIGITS = 16, /* nothing but digits */
};

struct gs_span {
    int64_t begin;
    int32_t length;
    int32_t tag; /* the caller's own */
};

/*
 * Read texts of the form [-+]?\d{1,15}(\.\d{1,15})? as numbers.
 *
 * skip: bytes that are passed over before the number, ended by NUL. below: NULL; or, where a text may be two such
 * numbers with a slash between, where the second is put;
 * then nothing is skipped. values: the number, NaN where there is none. how: what was
 * found, of gs_decimal; of two numbers NONE where either is none, else BY_HAND where either is.
 * Gives 0, or 1 where a text is not inside the data.
 */
int gs_decimals(const uint8_t *data, int64_t size, const struct gs_span *spans, int64_t n, const char *skip,
                double *values, double *below, uint8_t *how);

#endif
