/* Any bytes as leaves: the root is that of the recursive definition of RFC 9162, and a failing digest ends the work. */
#include "merkle.h"

#include <stdlib.h>
#include <string.h>

#define MOST_LEAVES 600

/* A digest that is good enough to tell one order of bytes from another. */
struct mixing {
    uint64_t lanes[4];
    int64_t left; /* so many beginnings do not fail */
};

static void expect(int holds)
{
    if (!holds) abort();
}

static int begin(void *context, const void *kind, void *engine)
{
    struct mixing *m = context;
    (void)kind;
    (void)engine;
    for (int k = 0; k < 4; k++) m->lanes[k] = 1469598103934665603u + (uint64_t)k;
    return m->left-- > 0;
}

static int take(void *context, const void *bytes, size_t count)
{
    struct mixing *m = context;
    const unsigned char *each = bytes;
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < 4; k++) m->lanes[k] = (m->lanes[k] ^ each[i]) * 1099511628211u;
    return 1;
}

static int give(void *context, unsigned char *out, unsigned int *count)
{
    (void)count;
    memcpy(out, ((struct mixing *)context)->lanes, GS_HASH);
    return 1;
}

/* The definition, MTH of RFC 9162, section 2.1.1, over hashes of leaves. */
static void defined(const unsigned char *hashes, int64_t n, unsigned char *out)
{
    if (n == 1) {
        memcpy(out, hashes, GS_HASH);
        return;
    }
    int64_t k = 1;
    while (k * 2 < n) k *= 2;
    unsigned char node[1 + 2 * GS_HASH] = {1};
    defined(hashes, k, node + 1);
    defined(hashes + k * GS_HASH, n - k, node + 1 + GS_HASH);
    struct mixing m = {{0}, 1};
    begin(&m, NULL, NULL);
    take(&m, node, sizeof node);
    give(&m, out, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < 3) return 0;
    const int64_t longest = 1 + bytes[0] % 9, fails = bytes[1] & 1 ? bytes[2] : INT64_MAX;
    const uint8_t *starts[MOST_LEAVES], *at = bytes + 3, *end = bytes + length;
    int64_t lengths[MOST_LEAVES], n = 0;
    while (at < end && n < MOST_LEAVES) {
        const int64_t wanted = *at % longest, there = end - at;
        starts[n] = at;
        lengths[n] = wanted < there ? wanted : there;
        at += lengths[n++] + 1 < there ? lengths[n - 1] + 1 : there;
    }
    if (!n) return 0;
    unsigned char *hashes = malloc((size_t)n * GS_HASH), *kept = malloc((size_t)n * GS_HASH), root[GS_HASH];
    struct mixing m = {{0}, fails};
    const struct gs_digest digest = {&m, begin, take, give};
    int status = gs_leaf_hashes(&digest, starts, lengths, n, hashes);
    expect((status == 0) == (fails >= n));
    if (!status) {
        memcpy(kept, hashes, (size_t)n * GS_HASH);
        status = gs_root(&digest, hashes, n);
        expect((status == 0) == (fails >= 2 * n - 1));
        defined(kept, n, root);
        if (!status) expect(!memcmp(root, hashes, GS_HASH));
    }
    free(hashes);
    free(kept);
    return 0;
}
