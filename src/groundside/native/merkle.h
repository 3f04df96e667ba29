/* Hashes of a Merkle tree, many in one call. The digest is not ours: it is called through the pointers given. */
#ifndef GROUNDSIDE_MERKLE_H
#define GROUNDSIDE_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#define GS_HASH 32

/*
 * A digest of 32 bytes, as OpenSSL's EVP_MD_CTX has it: `init` begins anew, `update` takes bytes, `finish` gives the
 * digest. Each answers 1, or something else where it failed.
 */
struct gs_digest {
    void *context;
    int (*init)(void *context, const void *kind, void *engine);
    int (*update)(void *context, const void *bytes, size_t count);
    int (*finish)(void *context, unsigned char *out, unsigned int *count);
};

/* Writes the hash of each of `n` leaves to `out`, which has room for them. 0, or -1 where the digest failed. */
int gs_leaf_hashes(const struct gs_digest *digest, const unsigned char *const *leaves, const int64_t *lengths,
                   int64_t n, unsigned char *out);

/* Makes the root of a tree from the hashes of its `n` leaves, at least one, in their place: it is the first of them. */
int gs_root(const struct gs_digest *digest, unsigned char *hashes, int64_t n);

#endif
