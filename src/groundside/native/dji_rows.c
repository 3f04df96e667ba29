#include "dji_rows.h"

#include <math.h>

int32_t gs_dji_content(const struct gs_dji_rows *rows, int64_t row, uint8_t *out)
{
    const uint8_t *from;
    uint64_t key;
    const int32_t size = gs_dji_content_of(rows, row, &from, &key);
    if (size > 0 && out) gs_dji_copy_plain(from, key, out, 0, size);
    return size;
}

int gs_dji_firsts(const struct gs_dji_rows *rows, uint8_t *out)
{
    for (int64_t i = 0; i < rows->n; i++) {
        const uint8_t *from;
        uint64_t key;
        const int32_t size = gs_dji_content_of(rows, i, &from, &key);
        if (size < 0) return GS_DJI_OUT_OF_RANGE;
        out[i] = size ? (uint8_t)(*from ^ key) : 0;
    }
    return GS_DJI_OK;
}

int gs_dji_steady(const struct gs_dji_rows *rows, const double most[2], double least, double none, double far)
{
    double before[2] = {0, 0}, step[2] = {0, 0};
    int64_t seen = 0;
    for (int64_t i = 0; i < rows->n; i++) {
        uint8_t held[2 * sizeof(double)] = {0};
        double angles[2], size[2];
        const uint8_t *from;
        uint64_t key;
        gs_dji_fetch_ahead(rows, i + GS_DJI_AHEAD, 0, sizeof held);
        const int32_t has = gs_dji_content_of(rows, i, &from, &key);
        if (has < 0) return -1;
        if (has < (int32_t)sizeof held) return 0;
        gs_dji_copy_plain(from, key, held, 0, sizeof held);
        memcpy(angles, held, sizeof angles);
        for (int k = 0; k < 2; k++) {
            size[k] = fabs(angles[k]);
            const int fine = size[k] <= most[k] && (size[k] >= least || size[k] == 0.0);
            if (!fine && angles[k] != none) return 0;
        }
        if (size[0] == 0.0 || size[1] == 0.0 || size[0] > most[0]) continue;
        for (int k = 0; k < 2; k++) {
            const double now = fabs(angles[k] - before[k]);
            if (seen && now > step[k]) step[k] = now;
            before[k] = angles[k];
        }
        seen++;
    }
    return seen < 3 || step[0] + step[1] < far;
}
