/* Any bytes as a text: a number is read as the C library reads it, or not at all. */
#include "decimals.h"

#include <stdlib.h>
#include <string.h>

static void expect(int holds)
{
    if (!holds) abort();
}

static void by_the_library(const uint8_t *data, int64_t size, const struct gs_span *span, double read)
{
    char text[64];
    if (span->length >= (int32_t)sizeof text) return;
    expect(span->begin + span->length <= size);
    memcpy(text, data + span->begin, (size_t)span->length);
    text[span->length] = 0;
    double wanted = strtod(text, NULL);
    expect(!memcmp(&wanted, &read, sizeof read));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct gs_span spans[64];
    double values[64], below[64];
    uint8_t how[64];
    int64_t n = 0, begin = 0, size = (int64_t)length;
    uint8_t *data = malloc(length + !length);
    if (length) memcpy(data, bytes, length);
    for (int64_t at = 0; at <= size && n < 64; at++)
        if (at == size || data[at] == ' ' || data[at] == ',') {
            spans[n++] = (struct gs_span){begin, (int32_t)(at - begin), 0};
            begin = at + 1;
        }
    expect(!gs_decimals(data, size, spans, n, "", values, NULL, how));
    for (int64_t i = 0; i < n; i++)
        if ((how[i] & 3) == GS_DECIMAL_READ) by_the_library(data, size, &spans[i], values[i]);
    expect(!gs_decimals(data, size, spans, n, "Ff/", values, below, how));
    spans[0].length = (int32_t)(size - spans[0].begin) + 1;
    expect(gs_decimals(data, size, spans, n, "", values, NULL, how));
    free(data);
    return 0;
}
