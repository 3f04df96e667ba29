/* Vegetation indices of a run of pixels: raw numbers of any band in, whole numbers out, in one pass. */
#ifndef GROUNDSIDE_INDICES_H
#define GROUNDSIDE_INDICES_H

#include <stdint.h>

enum gs_kind { GS_U8 = 0, GS_U16 = 1, GS_I16 = 2, GS_U32 = 3, GS_I32 = 4, GS_F32 = 5, GS_F64 = 6 };

enum gs_index_name {
    GS_NDVI = 0, GS_NDRE, GS_GNDVI, GS_BNDVI, GS_SAVI, GS_OSAVI, GS_MSAVI2, GS_EVI, GS_EVI2, GS_CIRE, GS_CIG, GS_MCARI,
    GS_VARI, GS_GLI, GS_INDICES
};

enum gs_band_name { GS_BLUE = 0, GS_GREEN, GS_RED, GS_REDEDGE, GS_NIR, GS_BANDS };

/* What became of pixels; the numbers are places in `counts`. */
enum gs_fate { GS_GIVEN = 0, GS_NO_DATA, GS_SATURATED, GS_UNDEFINED, GS_BEYOND, GS_FATES };

#define GS_NODATA (-32768)

struct gs_band {
    const void *data; /* NULL where the index does not need this band */
    int64_t kind;
    double scale;  /* value = raw * scale + offset */
    double offset;
    double nodata;    /* raw number that stands for nothing; NaN where there is none */
    double saturated; /* raw numbers from here on are saturated; NaN where there is no such number */
};

/*
 * bands: GS_BANDS of them, `n` pixels each. valid: 0 where there is nothing, or NULL. factor: stored = value * factor,
 * rounded half to even. low, high: stored numbers beyond them become nothing. histogram: 65536 places, that of
 * GS_NODATA first. counts: GS_FATES places. Both are added to.
 */
int gs_index(int which, const struct gs_band *bands, const uint8_t *valid, int64_t n, double factor, double low,
             double high, int16_t *out, int64_t *histogram, int64_t *counts);

/*
 * Horizontal differencing (TIFF 6.0, section 14), every number of `bytes` bytes (1, 2 or 4) apart from the one `apart`
 * places before it in its row; all sums wrap. gs_undo makes numbers of differences in place; gs_differences writes those
 * of one int16 band to `out`. Both give -1 where the shape is none.
 */
int gs_undo(void *data, int64_t rows, int64_t row_numbers, int64_t apart, int64_t bytes);
int gs_differences(const int16_t *data, int64_t rows, int64_t columns, int16_t *out);

#endif
