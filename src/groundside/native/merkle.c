#include "merkle.h"

#include <string.h>

static int hashed(const struct gs_digest *digest, const unsigned char *bytes, size_t count, unsigned char *out)
{
    return digest->update(digest->context, bytes, count) == 1 && digest->finish(digest->context, out, NULL) == 1;
}

int gs_leaf_hashes(const struct gs_digest *digest, const unsigned char *const *leaves, const int64_t *lengths,
                   int64_t n, unsigned char *out)
{
    static const unsigned char mark = 0;
    for (int64_t i = 0; i < n; i++) {
        if (digest->init(digest->context, NULL, NULL) != 1 || digest->update(digest->context, &mark, 1) != 1 ||
            !hashed(digest, leaves[i], (size_t)lengths[i], out + i * GS_HASH))
            return -1;
    }
    return 0;
}

int gs_root(const struct gs_digest *digest, unsigned char *hashes, int64_t n)
{
    unsigned char node[1 + 2 * GS_HASH] = {1};
    for (; n > 1; n = (n + 1) / 2) {
        for (int64_t i = 0; i < n / 2; i++) {
            memcpy(node + 1, hashes + 2 * i * GS_HASH, 2 * GS_HASH);
            if (digest->init(digest->context, NULL, NULL) != 1 ||
                !hashed(digest, node, sizeof node, hashes + i * GS_HASH))
                return -1;
        }
        /* A last one without a partner goes up as it is. */
        if (n % 2) memmove(hashes + n / 2 * GS_HASH, hashes + (n - 1) * GS_HASH, GS_HASH);
    }
    return 0;
}
