/* An eighth of a JPEG: the mean of each block of 8 by 8 pixels, all else in it passed over. No length in it is trusted. */
#ifndef GROUNDSIDE_JPEG_H
#define GROUNDSIDE_JPEG_H

#include <stdint.h>

enum { GS_JPEG_PLANES = 3, GS_JPEG_BITS = 13, GS_JPEG_FEW = 8, GS_JPEG_ROOM = 1 << 16 };

struct gs_jpeg_code {
    uint16_t many[1 << GS_JPEG_BITS]; /* by the next bits: those used, and 64 times the terms passed and what ended it */
    uint16_t one[1 << GS_JPEG_BITS];  /* the length of the next code times 256 plus its symbol; 0 where it is longer */
    uint16_t few[1 << GS_JPEG_FEW];   /* the same by fewer bits: what is often asked should be small */
    int32_t below[17], first[17];     /* of each length: the first code that is too large, and where its symbols begin */
    uint8_t symbols[256];
    int32_t known;
};

struct gs_jpeg_plane {
    int32_t across, down;   /* blocks of a unit of the scan */
    int32_t width, height;  /* of the plane, in blocks, the padding of the last units among them */
    int32_t shown_width, shown_height;
    int32_t dc, ac, step;   /* which codes, and what a constant term is multiplied by */
    int32_t id, table;
    int64_t at;             /* where the plane begins in what is written */
};

struct gs_jpeg {
    struct gs_jpeg_code dc[4], ac[4];
    int32_t steps[4];
    struct gs_jpeg_plane planes[GS_JPEG_PLANES];
    int32_t n, width, height, restart;
    int32_t units_across, units_down;
    int64_t scan, written; /* where the coded data begin; bytes of all planes */
};

/*
 * Read what stands before the coded data; gives 1 where it is a picture that can be read here: sequential, Huffman-coded,
 * 8 bits, grey or YCbCr, all of it in one scan, no larger than `most_pixels`.
 */
int gs_jpeg_open(const uint8_t *data, int64_t size, int64_t most_pixels, struct gs_jpeg *found);

/*
 * Write the planes, `written` bytes, one byte a block; `clean` has `GS_JPEG_ROOM` bytes. Gives 1, or 0 where
 * the data break off or are not what they should be.
 */
int gs_jpeg_means(const uint8_t *data, int64_t size, struct gs_jpeg *found, uint8_t *clean, uint8_t *planes);

#endif
