/* Any bytes as an XMP packet: every part lies inside. */
#include "exif_packet.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct gs_packet found;
    const int64_t size = (int64_t)length;
    uint8_t *data = malloc(length + !length);
    if (length) memcpy(data, bytes, length);
    if (gs_packet_parts(data, size, &found)) {
        if (found.n < 0 || found.n > GS_PACKET_PARTS) abort();
        for (int32_t k = 0; k < found.n; k++) {
            const struct gs_packet_part *p = &found.parts[k];
            if (p->name < 0 || p->name_size < 0 || (int64_t)p->name + p->name_size > size) abort();
            if (p->value < 0 || p->value_size < 0 || (int64_t)p->value + p->value_size > size) abort();
            if ((p->kind == GS_PACKET_ITEM) != (p->name_size == 0)) abort();
        }
    }
    free(data);
    return 0;
}
