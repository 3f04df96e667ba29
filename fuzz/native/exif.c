/* Any bytes as a TIFF block: what is found lies inside, every directory is known, and every number can be read. */
#include "exif.h"

#include <stdlib.h>
#include <string.h>

static void expect(int holds)
{
    if (!holds) abort();
}

static void check(const uint8_t *data, int64_t size, const struct gs_exif_found *found, int alone)
{
    expect(found->n_entries >= 0 && found->n_entries <= GS_EXIF_ENTRIES);
    expect(found->n_faults >= 0 && found->n_faults <= GS_EXIF_FAULTS);
    for (int32_t k = 0; k < found->n_entries; k++) {
        const struct gs_exif_entry *e = &found->entries[k];
        const int width = gs_exif_width(e->type);
        expect(width > 0 && (int64_t)e->at + (int64_t)width * e->count <= size);
        expect(alone ? e->ifd == GS_EXIF_NOTE : e->ifd >= 0 && e->ifd < GS_EXIF_SUB + GS_EXIF_SUBS);
        if (!e->count) continue;
        const uint8_t *last = data + e->at + (int64_t)width * (e->count - 1);
        const int64_t whole = gs_exif_whole(last, e->type, found->big);
        expect(width > 4 || (whole >= INT32_MIN && whole <= (int64_t)UINT32_MAX));
        if (e->type == 5 || e->type >= 10) expect(e->type == 13 || gs_exif_real(last, e->type, found->big) != 0.5 || width);
    }
    for (int32_t k = 0; k < found->n_faults; k++)
        expect(found->faults[k].code >= GS_EXIF_IFD_OUTSIDE && found->faults[k].code <= GS_EXIF_TOO_MANY);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct gs_exif_found found;
    uint8_t *data = malloc(length + !length);
    if (length) memcpy(data, bytes, length);
    const int64_t size = (int64_t)length;
    if (!gs_exif_walk(data, size, &found)) check(data, size, &found, 0);
    for (int big = 0; big < 2 && size; big++) {
        gs_exif_note(data, size, size / 3, big, &found);
        check(data, size, &found, 1);
    }
    free(data);
    return 0;
}
