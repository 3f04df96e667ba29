/* Any bytes as bands: what is stored is within its limits, is counted once, and nothing beyond is read or written. */
#include "indices.h"

#include <stdlib.h>
#include <string.h>

#define MOST_PIXELS 2100 /* more than the kernel takes in one go, twice */
#define HEAD 8

static const int64_t WIDTH[] = {1, 2, 2, 4, 4, 4, 8};

static void expect(int holds)
{
    if (!holds) abort();
}

/* `plain`: as they stand, and only the largest of two bytes is saturated: what most pictures are. */
static void bands_of(const uint8_t *bytes, int64_t n, int kind, int there, int plain, struct gs_band *bands,
                     uint8_t **held)
{
    for (int k = 0; k < GS_BANDS; k++) {
        held[k] = NULL;
        memset(&bands[k], 0, sizeof bands[k]);
        if (!(there >> k & 1)) continue;
        held[k] = malloc((size_t)(n * WIDTH[kind]) + !n);
        if (n) memcpy(held[k], bytes + k % 3, (size_t)(n * WIDTH[kind]));
        const double scale = plain || !(k & 1) ? 1.0 : 1e-4, offset = plain || k != 2 ? 0.0 : -0.1;
        bands[k] = (struct gs_band){held[k], kind, scale, offset, (double)k, plain ? 65535.0 : 250.0};
    }
}

/* What is undone and then made again is what it was, in any shape. */
static void there_and_back(const uint8_t *bytes, int64_t length, int64_t columns, int apart, int width)
{
    const int64_t rows = length / (columns * apart * width), size = rows * columns * apart * width;
    int16_t *held = malloc((size_t)size + 2), *again = malloc((size_t)size + 2);
    memcpy(held, bytes, (size_t)size);
    expect(!gs_undo(held, rows, columns * apart, apart, width));
    expect(gs_undo(held, rows, columns * apart, 0, width) == -1 && gs_undo(held, rows, columns * apart, apart, 3) == -1);
    if (width == 2 && apart == 1) {
        expect(!gs_differences(held, rows, columns, again));
        expect(!memcmp(again, bytes, (size_t)size));
    }
    free(held);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < HEAD + 2) return 0;
    const int kind = bytes[0] % 7, which = bytes[1] % (GS_INDICES + 2) - 1;
    const double low = -(double)(bytes[2] * 130), high = (double)(bytes[3] * 130);
    int64_t n = (int64_t)(length - HEAD - 2) / WIDTH[kind];
    n = n < MOST_PIXELS ? n : MOST_PIXELS;
    struct gs_band bands[GS_BANDS];
    uint8_t *held[GS_BANDS], *valid = bytes[4] & 1 ? malloc((size_t)n + !n) : NULL;
    int16_t *out = malloc(2 * (size_t)n + 2);
    int64_t *histogram = calloc(65536, sizeof *histogram), counts[GS_FATES] = {0}, sum = 0;
    bands_of(bytes + HEAD, n, kind, bytes[5], bytes[7] & 1, bands, held);
    if (valid && n) memcpy(valid, bytes + HEAD, (size_t)n);
    const int status = gs_index(which, bands, valid, n, bytes[6] & 1 ? 1e4 : 1e3, low, high, out, histogram, counts);
    expect((status == 0) == (which >= 0 && which < GS_INDICES && low >= -32767.0 && high <= 32767.0));
    if (!status) {
        for (int64_t i = 0; i < n; i++) expect(out[i] == GS_NODATA || (out[i] >= low && out[i] <= high));
        for (int k = 0; k < GS_FATES; k++) sum += counts[k];
        expect(sum == n && histogram[0] == n - counts[GS_GIVEN]);
    }
    there_and_back(bytes + HEAD, (int64_t)length - HEAD, 1 + bytes[2] % 60, 1 + bytes[3] % 5, 1 << bytes[4] % 3);
    for (int k = 0; k < GS_BANDS; k++) free(held[k]);
    free(valid);
    free(out);
    free(histogram);
    return 0;
}
