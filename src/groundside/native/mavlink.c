#include "mavlink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define V1 0xFE
#define V2 0xFD
#define HEAD_V1 6
#define HEAD_V2 10
#define CHECKSUM 2
#define SIGNATURE 13
#define SIGNED 1
#define LONGEST (HEAD_V2 + 255 + CHECKSUM + SIGNATURE)
#define CLOCK 8
#define POLYNOMIAL 0x8408
#define FIRST 0xFFFF
#define LATE 128 /* a number that went on by more than half its range came late; no frames were lost */
#define RECENT 512 /* a power of two above LONGEST + CLOCK */

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "these kernels read numbers as little-endian machines hold them"
#endif

/* table[k][b]: what byte b becomes once k zero bytes followed it, so that eight bytes take one step. */
static uint16_t table[8][256];
static uint8_t index_of_high[256]; /* which byte gives table[0] this high byte */
static uint16_t before_zeros[8];   /* the sum that 8 - r zero bytes turn into FIRST */

struct frame {
    int64_t at, end, payload;
    int32_t length, id, definition, extra;
};

struct walker {
    const uint8_t *data;
    int64_t size;
    int32_t lead;
    const struct gs_mav_definitions *known;
    const struct gs_mav_clocks *clocks;
    int64_t *at, *longer;
    int32_t *group;
    struct gs_mav_walk *out;
    int64_t ends[RECENT]; /* where frames with a right checksum ended lately */
    int64_t next;         /* end of the chain so far */
    int64_t from;         /* less by a signature, where the last frame has one that may be cut off */
    int64_t tried_from, tried_to; /* of these start bytes, lately tried, the ends are among `ends` */
    int looked_back;
    int64_t gap_others;   /* others before this gap */
    int64_t room_others, room_groups;
    int32_t *slot; /* a hash table of groups, 2^bits slots, at least three quarters of them empty */
    int bits;
    uint64_t seed;
};

enum verdict { NONE, OTHER, GOOD };

static int is_start(uint8_t byte) { return byte == V1 || byte == V2; }

static uint16_t with_byte(uint16_t crc, uint8_t byte) { return (uint16_t)(crc >> 8 ^ table[0][(crc ^ byte) & 0xFF]); }

static uint16_t without_zero(uint16_t crc)
{
    uint8_t index = index_of_high[crc >> 8];
    return (uint16_t)((uint16_t)(crc ^ table[0][index]) << 8 | index);
}

void gs_mav_prepare(void)
{
    for (int byte = 0; byte < 256; byte++) {
        uint16_t crc = (uint16_t)byte;
        for (int bit = 0; bit < 8; bit++) crc = (uint16_t)(crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1);
        table[0][byte] = crc;
        index_of_high[crc >> 8] = (uint8_t)byte;
    }
    for (int k = 1; k < 8; k++)
        for (int byte = 0; byte < 256; byte++) table[k][byte] = with_byte(table[k - 1][byte], 0);
    uint16_t crc = FIRST;
    before_zeros[0] = FIRST;
    for (int r = 7; r > 0; r--) before_zeros[r] = crc = without_zero(crc);
}

static uint64_t eight(const uint8_t *from)
{
    uint64_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

static uint16_t step(uint64_t x)
{
    return table[7][x & 0xFF] ^ table[6][x >> 8 & 0xFF] ^ table[5][x >> 16 & 0xFF] ^ table[4][x >> 24 & 0xFF] ^
           table[3][x >> 32 & 0xFF] ^ table[2][x >> 40 & 0xFF] ^ table[1][x >> 48 & 0xFF] ^ table[0][x >> 56];
}

uint16_t gs_mav_checksum(const uint8_t *data, int64_t n)
{
    uint16_t crc = FIRST;
    int64_t odd = n & 7;
    if (n < 8) {
        for (int64_t i = 0; i < n; i++) crc = with_byte(crc, data[i]);
        return crc;
    }
    if (odd) crc = step(eight(data) << (64 - 8 * odd) ^ before_zeros[odd]);
    for (int64_t i = odd; i < n; i += 8) crc = step(eight(data + i) ^ crc);
    return crc;
}

static int32_t missing_byte(uint16_t crc, uint16_t result)
{
    uint16_t left = (uint16_t)(result ^ crc >> 8);
    uint8_t index = index_of_high[left >> 8];
    return table[0][index] == left ? index ^ (crc & 0xFF) : -1;
}

/* Say whether a frame begins at a start byte, and which definition it follows; without `others` nothing is OTHER. */
static enum verdict look_for(const uint8_t *data, int64_t size, const struct gs_mav_definitions *known, int64_t at,
                             struct frame *to, int others)
{
    const uint8_t *from = data + at;
    int two = from[0] == V2, head = two ? HEAD_V2 : HEAD_V1;
    if (size - at < head + CHECKSUM) return NONE;
    int32_t length = from[1], flags = two ? from[2] : 0;
    int64_t bytes = head + length + CHECKSUM + (flags == SIGNED ? SIGNATURE : 0);
    if (flags > SIGNED || bytes > size - at) return NONE;
    int32_t id = two ? from[7] | from[8] << 8 | from[9] << 16 : from[5];
    int32_t definition = id < GS_MAV_IDS ? known->first[id] : -1;
    /* Only MAVLink 2 lets a newer definition send more than is known here. */
    if (definition >= 0 && !two && length > known->whole[definition]) definition = -1;
    if (definition < 0 && !others) return NONE;
    *to = (struct frame){.at = at, .end = at + bytes, .payload = at + head, .length = length};
    to->id = id;
    to->definition = -1;
    uint16_t crc = gs_mav_checksum(from + 1, head - 1 + length);
    uint16_t stated = (uint16_t)(from[head + length] | from[head + length + 1] << 8);
    int32_t definitions = definition < 0 ? 0 : known->count[id];
    for (int32_t i = definition; i < definition + definitions; i++)
        if (with_byte(crc, known->extra[i]) == stated) {
            to->definition = i;
            return GOOD;
        }
    to->extra = others ? missing_byte(crc, stated) : -1;
    return to->extra < 0 ? NONE : OTHER;
}

static enum verdict look(const uint8_t *data, int64_t size, const struct gs_mav_definitions *known, int64_t at,
                         struct frame *to)
{
    return look_for(data, size, known, at, to, 0);
}

int64_t gs_mav_find(const uint8_t *data, int64_t size, int64_t from, const struct gs_mav_definitions *known,
                    int64_t *at, int64_t *end, int64_t room, int64_t *next)
{
    int64_t n = 0, i = from;
    struct frame frame;
    for (; i < size && n < room; i++)
        if (is_start(data[i]) && look(data, size, known, i, &frame) == GOOD) {
            at[n] = frame.at;
            end[n++] = frame.end;
        }
    *next = i;
    return n;
}

static int64_t clock_before(const uint8_t *data, int64_t at)
{
    return (int64_t)__builtin_bswap64(eight(data + at - CLOCK));
}

static int32_t *slot_of(struct walker *w, int32_t key)
{
    uint64_t i = (uint64_t)(uint32_t)key * w->seed >> (64 - w->bits);
    while (w->slot[i] >= 0 && w->out->keys[w->slot[i]] != key) i = (i + 1) & ((1ull << w->bits) - 1);
    return &w->slot[i];
}

static void *wider(void *block, int64_t items, size_t item) { return realloc(block, (size_t)items * item); }

static int more_groups(struct walker *w)
{
    int64_t room = w->room_groups ? 2 * w->room_groups : 256;
    int32_t *keys = wider(w->out->keys, room, sizeof *keys);
    if (keys) w->out->keys = keys;
    int64_t *counts = wider(w->out->counts, room, sizeof *counts);
    if (counts) w->out->counts = counts;
    int32_t *slot = wider(w->slot, 4 * room, sizeof *slot);
    if (slot) w->slot = slot;
    if (!keys || !counts || !slot) return 0;
    w->room_groups = room;
    w->bits = w->bits ? w->bits + 1 : 10;
    memset(slot, 0xFF, (size_t)(4 * room) * sizeof *slot);
    for (int64_t g = 0; g < w->out->n_groups; g++) *slot_of(w, keys[g]) = (int32_t)g;
    return 1;
}

static int32_t group_of(struct walker *w, const struct frame *frame)
{
    const uint8_t *sender = w->data + frame->payload - (w->data[frame->at] == V2 ? 5 : 3);
    int32_t key = frame->definition << 16 | sender[0] << 8 | sender[1];
    if (w->out->n_groups >= w->room_groups && !more_groups(w)) return -1;
    int32_t *slot = slot_of(w, key);
    if (*slot < 0) {
        *slot = (int32_t)w->out->n_groups++;
        w->out->keys[*slot] = key;
        w->out->counts[*slot] = 0;
    }
    return *slot;
}

static void remember(struct walker *w, int64_t end) { w->ends[end & (RECENT - 1)] = end; }

static int is_signed(const struct walker *w, const struct frame *frame)
{
    return w->data[frame->at] == V2 && w->data[frame->at + 2] == SIGNED;
}

static int take(struct walker *w, const struct frame *frame)
{
    struct gs_mav_walk *out = w->out;
    int32_t group = group_of(w, frame);
    if (group < 0) return GS_MAV_NO_MEMORY;
    out->counts[group]++;
    w->at[out->n] = frame->at;
    w->group[out->n++] = group;
    out->covered += frame->end - frame->at + w->lead;
    int32_t more = frame->length - w->known->whole[frame->definition];
    if (more > 0) w->longer[frame->definition] += more;
    remember(w, frame->end);
    w->next = frame->end;
    w->from = is_signed(w, frame) ? frame->end - SIGNATURE : frame->end;
    return GS_MAV_OK;
}

static int is_usual(const struct walker *w, const struct frame *frame)
{
    int32_t length = frame->length, whole = w->known->whole[frame->definition];
    int fixed = length == whole || length == w->known->base[frame->definition];
    if (w->data[frame->at] == V1) return fixed;
    return length <= whole && (fixed || length <= 1 || w->data[frame->payload + length - 1] != 0);
}

static int meets(const struct walker *w, const struct frame *frame)
{
    struct frame other;
    return frame->end < w->size && is_start(w->data[frame->end]) &&
           look(w->data, w->size, w->known, frame->end, &other) == GOOD;
}

static void mark_ends(struct walker *w, int64_t from, int64_t to)
{
    struct frame frame;
    for (int64_t at = from; at < to; at++)
        if (is_start(w->data[at]) && look(w->data, w->size, w->known, at, &frame) == GOOD) remember(w, frame.end);
}

/* Find where frames end that began before the break; only where nothing else makes a frame believable. */
static void look_back(struct walker *w)
{
    int64_t to = w->from + w->lead, from = w->from - LONGEST;
    if (w->looked_back) return;
    if (from < w->lead) from = w->lead;
    if (w->tried_to <= from) w->tried_from = w->tried_to = to; /* too long ago */
    mark_ends(w, from, w->tried_from);
    mark_ends(w, w->tried_to, to);
    if (from < w->tried_from) w->tried_from = from;
    w->tried_to = to;
    w->looked_back = 1;
}

static int begins_at_an_end(struct walker *w, int64_t start)
{
    if (w->ends[start & (RECENT - 1)] == start) return 1;
    look_back(w);
    return w->ends[start & (RECENT - 1)] == start;
}

/* Whether a frame with a right checksum is no accident: 1 or 0; -1 where clocks would have to be known for that. */
static int is_believable(struct walker *w, const struct frame *frame)
{
    int64_t start = frame->at - w->lead;
    if (!w->lead) return is_usual(w, frame) || meets(w, frame) || begins_at_an_end(w, start);
    int64_t clock = clock_before(w->data, frame->at);
    if (clock >= w->clocks->earliest && clock <= w->clocks->latest) return 1;
    if (begins_at_an_end(w, start)) return 1;
    if (!w->clocks->near_known) return -1;
    return clock >= w->clocks->near_earliest && clock <= w->clocks->near_latest;
}

static int keep_other(struct walker *w, const struct frame *frame)
{
    struct gs_mav_walk *out = w->out;
    int64_t after = frame->end + w->lead;
    if (frame->at - w->lead < w->next) return GS_MAV_OK;
    if (frame->end != w->size && !(after < w->size && is_start(w->data[after]))) return GS_MAV_OK;
    if (out->n_others >= w->room_others) {
        int64_t room = w->room_others ? 2 * w->room_others : 256;
        struct gs_mav_other *others = wider(out->others, room, sizeof *others);
        if (!others) return GS_MAV_NO_MEMORY;
        out->others = others;
        w->room_others = room;
    }
    out->others[out->n_others++] = (struct gs_mav_other){
        frame->at, frame->end, frame->payload, frame->length, frame->id, frame->extra, w->next,
    };
    return GS_MAV_OK;
}

/* Leave out others that reach into the frame with which the chain goes on; end the frame before it where it begins. */
static void close_gap(struct walker *w, int64_t start)
{
    struct gs_mav_walk *out = w->out;
    if (start < w->next) {
        out->covered -= w->next - start;
        out->n_others = w->gap_others;
    }
    int64_t kept = w->gap_others;
    for (int64_t i = w->gap_others; i < out->n_others; i++)
        if (out->others[i].end <= start) out->others[kept++] = out->others[i];
    out->n_others = kept;
}

static void end_search(struct walker *w, int64_t from, int64_t to)
{
    if (w->tried_to != from) w->tried_from = from;
    w->tried_to = to;
}

/* Take the chain up again at the next frame that can be believed. */
static int search(struct walker *w, int *found)
{
    int64_t first = w->from + w->lead;
    struct frame frame;
    w->gap_others = w->out->n_others;
    w->looked_back = 0;
    for (int64_t at = first; at < w->size; at++) {
        if (!is_start(w->data[at])) continue;
        enum verdict verdict = look_for(w->data, w->size, w->known, at, &frame, 1);
        if (verdict == OTHER && keep_other(w, &frame) != GS_MAV_OK) return GS_MAV_NO_MEMORY;
        if (verdict != GOOD) continue;
        int believed = is_believable(w, &frame);
        if (believed < 0) return GS_MAV_NEEDS_CLOCKS;
        remember(w, frame.end);
        if (!believed) continue;
        end_search(w, first, at + 1);
        close_gap(w, at - w->lead);
        *found = 1;
        return take(w, &frame);
    }
    *found = 0;
    return GS_MAV_OK;
}

static int follow(struct walker *w)
{
    int status = GS_MAV_OK, found = 1;
    struct frame frame;
    while (found && status == GS_MAV_OK) {
        for (;;) {
            int64_t at = w->next + w->lead;
            if (at >= w->size || !is_start(w->data[at]) || look(w->data, w->size, w->known, at, &frame) != GOOD) break;
            if ((status = take(w, &frame)) != GS_MAV_OK) return status;
        }
        status = search(w, &found);
    }
    return status;
}

int gs_mav_walk(const uint8_t *data, int64_t size, int32_t lead, const struct gs_mav_definitions *known,
                const struct gs_mav_clocks *clocks, uint64_t seed, int64_t *at, int32_t *group,
                int64_t *longer, struct gs_mav_walk *out)
{
    struct walker w = {.data = data, .size = size, .lead = lead, .known = known, .clocks = clocks};
    w.seed = seed | 1;
    w.at = at;
    w.group = group;
    w.longer = longer;
    w.out = out;
    *out = (struct gs_mav_walk){0};
    memset(w.ends, 0xFF, sizeof w.ends);
    w.ends[0] = 0; /* what begins the file is believed as if a frame had ended there */
    int status = follow(&w);
    free(w.slot);
    return status;
}

void gs_mav_free(struct gs_mav_walk *out)
{
    free(out->keys);
    free(out->counts);
    free(out->others);
    *out = (struct gs_mav_walk){0};
}

/* Whether the header and the payload of a frame are in the file. */
static int is_inside(const uint8_t *data, int64_t size, int64_t at)
{
    if (at < 0 || size - at < GS_MAV_SMALLEST || !is_start(data[at])) return 0;
    int head = data[at] == V2 ? HEAD_V2 : HEAD_V1;
    return size - at >= head + data[at + 1] + CHECKSUM;
}

int gs_mav_sort(const uint8_t *data, int64_t size, const struct gs_mav_frames *frames, const int32_t *slot,
                int64_t *next, int64_t room, const struct gs_mav_sorted *to)
{
    for (int64_t i = 0; i < frames->n; i++) {
        int64_t at = frames->at[i], here = next[slot[frames->group[i]]]++;
        if (here < 0 || here >= room || !is_inside(data, size, at) || (to->clock && at < CLOCK))
            return GS_MAV_OUT_OF_RANGE;
        to->at[here] = at;
        to->form[here] = (uint16_t)(data[at + 1] | (data[at] == V2 ? GS_MAV_TWO : 0));
        if (to->clock) to->clock[here] = clock_before(data, at);
    }
    return GS_MAV_OK;
}

int32_t gs_mav_lay_out(const int64_t *at, const uint16_t *form, int64_t n, int64_t *payload, int32_t *length)
{
    int32_t shortest = 255;
    for (int64_t i = 0; i < n; i++) {
        payload[i] = at[i] + (form[i] & GS_MAV_TWO ? HEAD_V2 : HEAD_V1);
        length[i] = form[i] & 255;
        shortest = length[i] < shortest ? length[i] : shortest;
    }
    return shortest;
}

int gs_mav_rows(const uint8_t *data, int64_t size, const struct gs_mav_rows *of, uint8_t *rows)
{
    for (int64_t i = 0; i < of->n; i++, rows += of->width) {
        int64_t sent = (of->form[i] & 255) - of->first;
        int64_t from = of->form[i] & GS_MAV_TWO ? HEAD_V2 : HEAD_V1, at = of->at[i];
        if (at < 0 || at > size || (of->form[i] & 255) > size - at - from) return GS_MAV_OUT_OF_RANGE;
        if (sent < 0) sent = 0;
        if (sent > of->width) sent = of->width;
        if (sent) memcpy(rows, data + at + from + of->first, (size_t)sent);
        memset(rows + sent, 0, (size_t)(of->width - sent));
    }
    return GS_MAV_OK;
}

int gs_mav_read_clocks(const uint8_t *data, int64_t size, const int64_t *at, int64_t n, int64_t *clock)
{
    for (int64_t i = 0; i < n; i++) {
        if (at[i] < CLOCK || at[i] > size) return GS_MAV_OUT_OF_RANGE;
        clock[i] = clock_before(data, at[i]);
    }
    return GS_MAV_OK;
}

int gs_mav_pack(const uint8_t *data, int64_t size, const int64_t *payload, const int32_t *length, int64_t n,
                uint8_t *packed, int64_t room, int64_t *ends)
{
    int64_t filled = 0;
    ends[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        if (payload[i] < 0 || length[i] < 0 || payload[i] > size || length[i] > size - payload[i] ||
            length[i] > room - filled)
            return GS_MAV_OUT_OF_RANGE;
        if (length[i]) memcpy(packed + filled, data + payload[i], (size_t)length[i]);
        ends[i + 1] = filled += length[i];
    }
    return GS_MAV_OK;
}

static int64_t end_of(const uint8_t *data, int64_t at)
{
    const uint8_t *from = data + at;
    int two = from[0] == V2;
    return at + (two ? HEAD_V2 : HEAD_V1) + from[1] + CHECKSUM + (two && from[2] == SIGNED ? SIGNATURE : 0);
}

int64_t gs_mav_gaps(const uint8_t *data, int64_t size, int64_t lead, const int64_t *at, int64_t n, int64_t *gaps)
{
    int64_t found = 0, end = 0;
    for (int64_t i = 0; i <= n; i++) {
        if (i < n && !is_inside(data, size, at[i])) return -1;
        int64_t start = i < n ? at[i] - lead : size;
        if (end < start) {
            if (gaps) {
                gaps[2 * found] = end;
                gaps[2 * found + 1] = start;
            }
            found++;
        }
        if (i < n) end = end_of(data, at[i]);
    }
    return found;
}

int gs_mav_count(const uint8_t *data, int64_t size, const int64_t *at, int64_t n, struct gs_mav_counted *to)
{
    int32_t *place = malloc(GS_MAV_SENDERS * sizeof *place);
    uint8_t *last = malloc(GS_MAV_SENDERS);
    int status = place && last ? GS_MAV_OK : GS_MAV_NO_MEMORY;
    memset(to->kinds, 0, sizeof to->kinds);
    if (place) memset(place, 0xFF, GS_MAV_SENDERS * sizeof *place);
    for (int64_t i = 0; i < n && status == GS_MAV_OK; i++) {
        if (!is_inside(data, size, at[i])) {
            status = GS_MAV_OUT_OF_RANGE;
            break;
        }
        const uint8_t *from = data + at[i];
        int two = from[0] == V2, head = two ? 4 : 2;
        int32_t sender = from[head + 1] << 8 | from[head + 2], here = place[sender];
        if (here < 0) {
            place[sender] = here = (int32_t)to->kinds[0]++;
            to->whose[here] = sender;
            to->frames[here] = to->lost[here] = 0;
        } else {
            uint8_t went_on = (uint8_t)(from[head] - last[sender]);
            if (went_on > 1 && went_on < LATE) to->lost[here] += went_on - 1;
        }
        to->frames[here]++;
        last[sender] = from[head];
        to->kinds[1] += two;
        to->kinds[2] += two && from[2] == SIGNED;
    }
    free(place);
    free(last);
    return status;
}

/* Sums and differences of times that no clock can say go around, as NumPy's do. */
static int64_t plus(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }

static int64_t minus(int64_t a, int64_t b) { return (int64_t)((uint64_t)a - (uint64_t)b); }

/* Give the index of the last of some ascending numbers that is not above one, -1 where all are; `near` is a guess. */
static int64_t last_up_to(const int64_t *numbers, int64_t n, int64_t number, int64_t near)
{
    int64_t low = -1, high = n;
    if (near >= 0 && numbers[near] <= number) {
        for (int step = 0; step < 4; step++, near++)
            if (near + 1 >= n || numbers[near + 1] > number) return near;
        low = near;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (numbers[middle] <= number) low = middle;
        else high = middle;
    }
    return low;
}

static int64_t session_of(const struct gs_mav_anchors *a, int64_t anchor)
{
    return a->n_starts > 1 ? last_up_to(a->starts, a->n_starts, anchor, -1) : 0;
}

/* Give boot time behind an anchor; before all of them where it is -1. */
static int64_t boot_behind(const struct gs_mav_anchors *a, int64_t anchor, int64_t session, int64_t device)
{
    int64_t before = anchor < 0 ? 0 : anchor, after = before + 1;
    if (!a->device) return a->boot[before];
    int64_t since = minus(device, a->device[before]);
    if (anchor < 0) return plus(a->boot[before], since < 0 ? since : 0);
    int ends_here = after >= a->n || (session + 1 < a->n_starts && a->starts[session + 1] == after);
    int64_t most = ends_here ? INT64_MAX : minus(a->boot[after], a->boot[before]);
    if (since < 0) since = 0;
    if (most < 0) most = 0;
    return plus(a->boot[before], since < most ? since : most);
}

void gs_mav_times(const struct gs_mav_anchors *anchors, const struct gs_mav_timed *of, int64_t far, int64_t *times)
{
    int64_t anchor = -1;
    for (int64_t i = 0; i < of->n; i++) {
        anchor = last_up_to(anchors->at, anchors->n, of->at[i], anchor);
        int64_t session = session_of(anchors, anchor < 0 ? 0 : anchor);
        int64_t boot = boot_behind(anchors, anchor, session, of->device[i]);
        if (of->boot) {
            int64_t apart = minus(of->boot[i], boot);
            if (apart > -far && apart < far) boot = of->boot[i];
        }
        times[i] = anchors->base ? plus(boot, anchors->base[session]) : boot;
    }
}

/* What NumPy gives for an angle modulo 360. */
static double full_turn(double angle)
{
    if (angle >= 0 && angle < 360) return angle + 0.0; /* no negative zero */
    double rest = angle > -360 && angle < 0 ? angle : fmod(angle, 360.0);
    return rest < 0 ? rest + 360 : rest == 0 ? 0.0 : rest;
}

static double half_turns(double angle) { return full_turn(angle + 180) - 180; }

static double between(const struct gs_mav_series *of, int64_t j, double at)
{
    double from = (double)of->time[j], to = (double)of->time[j + 1];
    double slope = (of->value[j + 1] - of->value[j]) / (to - from);
    double found = slope * (at - from) + of->value[j];
    if (isnan(found)) found = slope * (at - to) + of->value[j + 1];
    if (isnan(found) && of->value[j] == of->value[j + 1]) found = of->value[j];
    return found;
}

void gs_mav_linear(const struct gs_mav_series *of, const int64_t *at, int64_t rows, int64_t gap, int shown, double *to)
{
    int64_t j = -1;
    for (int64_t i = 0; i < rows; i++) {
        double found = NAN;
        j = last_up_to(of->time, of->n, at[i], j);
        if (j >= 0 && of->time[j] == at[i]) found = of->value[j];
        else if (j >= 0 && j + 1 < of->n && minus(of->time[j + 1], of->time[j]) <= gap)
            found = between(of, j, (double)at[i]);
        if (shown == GS_MAV_AS_IS) to[i] = found;
        else to[i] = shown == GS_MAV_FULL_TURN ? full_turn(found) : half_turns(full_turn(found));
    }
}

void gs_mav_unwrap(const double *angles, int64_t n, double *to)
{
    double turned = 0;
    for (int64_t i = 0; i < n; i++) {
        double step = i ? angles[i] - angles[i - 1] : 0, shorter = half_turns(step);
        if (shorter == -180 && step > 0) shorter = 180;
        turned += fabs(step) < 180 ? 0 : shorter - step;
        to[i] = i ? angles[i] + turned : angles[0];
    }
}

void gs_mav_held(const struct gs_mav_series *of, const int64_t *at, int64_t rows, int64_t age, int64_t *to)
{
    int64_t j = -1;
    for (int64_t i = 0; i < rows; i++) {
        j = last_up_to(of->time, of->n, at[i], j);
        to[i] = j < 0 || minus(at[i], of->time[j]) > age ? -1 : j;
    }
}
