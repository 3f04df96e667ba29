#include "dji.h"

#include <string.h>

#define END_BYTE 0xFF
#define KEY_BYTES 8
#define MULTIPLIER 0x123456789ABCDEF0u

int64_t gs_dji_walk(const uint8_t *data, int64_t end, int wide, int64_t *at, uint8_t *kinds, int64_t *starts,
                    int32_t *lengths, int64_t room)
{
    const int64_t head = wide ? 3 : 2;
    int64_t n = 0, p = *at;
    while (n < room && p >= 0 && end - p > head) {
        int32_t length = wide ? data[p + 1] | data[p + 2] << 8 : data[p + 1];
        int64_t stop = p + head + length;
        uint8_t kind = data[p];
        if (stop >= end || data[stop] != END_BYTE || kind == 0 || kind == END_BYTE || !length) break;
        kinds[n] = kind;
        starts[n] = p + head;
        lengths[n++] = length;
        p = stop + 1;
    }
    *at = p;
    return n;
}

/* Keys of one type of record, made when they are first needed: records of one type mostly come together. */
struct keys {
    uint64_t made[256];
    uint64_t is_made[4];
    int kind;
};

static uint64_t key_of(struct keys *keys, uint8_t kind, uint8_t first, const uint64_t *table)
{
    const uint64_t bit = (uint64_t)1 << (first & 63);
    if (keys->kind != kind) {
        memset(keys->is_made, 0, sizeof keys->is_made);
        keys->kind = kind;
    }
    if (keys->is_made[first >> 6] & bit) return keys->made[first];
    uint64_t message = first * (uint64_t)MULTIPLIER, crc = (uint8_t)(first + kind);
    for (int i = 0; i < KEY_BYTES; i++, message >>= 8) crc = table[(crc ^ message) & 0xFF] ^ crc >> 8;
    keys->is_made[first >> 6] |= bit;
    return keys->made[first] = crc;
}

int gs_dji_unscramble(const uint8_t *data, int64_t size, const uint8_t *kinds, const int64_t *starts,
                      const int32_t *lengths, int64_t n, const uint64_t *crc, uint8_t *out, int64_t room,
                      int64_t *places, int32_t *sizes)
{
    struct keys keys = {.kind = -1};
    int64_t filled = 0;
    for (int64_t i = 0; i < n; i++) {
        if (starts[i] < 0 || lengths[i] < 0 || starts[i] > size || lengths[i] > size - starts[i])
            return GS_DJI_OUT_OF_RANGE;
        int32_t content = lengths[i] > GS_DJI_OVERHEAD ? lengths[i] - GS_DJI_OVERHEAD : 0, j = 0;
        if (content > room - filled) return GS_DJI_NO_ROOM;
        places[i] = filled;
        sizes[i] = content;
        if (!content) continue;
        const uint8_t *from = data + starts[i] + 1;
        uint8_t *to = out + filled;
        uint64_t key = key_of(&keys, kinds[i], from[-1], crc), word;
        for (; j + KEY_BYTES <= content; j += KEY_BYTES) {
            memcpy(&word, from + j, KEY_BYTES);
            word ^= key;
            memcpy(to + j, &word, KEY_BYTES);
        }
        for (; j < content; j++, key >>= 8) to[j] = (uint8_t)(from[j] ^ key);
        filled += content;
    }
    return GS_DJI_OK;
}

int gs_dji_copy(const uint8_t *data, int64_t size, const int64_t *from, const int32_t *sizes, int64_t n, uint8_t *out,
                int64_t room, const int64_t *to)
{
    for (int64_t i = 0; i < n; i++) {
        if (from[i] < 0 || sizes[i] < 0 || from[i] > size || sizes[i] > size - from[i]) return GS_DJI_OUT_OF_RANGE;
        if (to[i] < 0 || to[i] > room || sizes[i] > room - to[i]) return GS_DJI_NO_ROOM;
        if (sizes[i]) memcpy(out + to[i], data + from[i], (size_t)sizes[i]);
    }
    return GS_DJI_OK;
}

void gs_dji_group(const uint8_t *kinds, const uint8_t *left_out, const int32_t *lengths, int64_t n, int64_t *order,
                  int64_t *ends, int32_t *least)
{
    int64_t sum = 0;
    memset(ends, 0, 256 * sizeof *ends);
    for (int k = 0; k < 256; k++) least[k] = INT32_MAX;
    for (int64_t i = 0; i < n; i++) {
        if (left_out && left_out[i]) continue;
        ends[kinds[i]]++;
        if (lengths[i] < least[kinds[i]]) least[kinds[i]] = lengths[i];
    }
    for (int k = 0; k < 256; k++) {
        int64_t count = ends[k];
        ends[k] = sum;
        sum += count;
    }
    for (int64_t i = 0; i < n; i++)
        if (!left_out || !left_out[i]) order[ends[kinds[i]]++] = i;
}
