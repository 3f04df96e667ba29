/* Any bytes as a JPEG: no length is trusted, and every plane lies inside what was asked for. */
#include "jpeg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct gs_jpeg found;
    const int64_t size = (int64_t)length;
    uint8_t *data = malloc(length + !length);
    if (length) memcpy(data, bytes, length);
    if (gs_jpeg_open(data, size, 1 << 20, &found)) {
        if (found.scan > size || found.n < 1 || found.n > GS_JPEG_PLANES) abort();
        uint8_t *clean = malloc(GS_JPEG_ROOM), *planes = malloc((size_t)found.written);
        for (int32_t k = 0; k < found.n; k++) {
            const struct gs_jpeg_plane *p = &found.planes[k];
            if (p->shown_width > p->width || p->shown_height > p->height) abort();
            if (p->at + (int64_t)p->width * p->height > found.written) abort();
        }
        gs_jpeg_means(data, size, &found, clean, planes);
        free(planes);
        free(clean);
    }
    free(data);
    return 0;
}
