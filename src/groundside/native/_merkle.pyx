# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of merkle.c, and of the SHA-256 that it calls: OpenSSL's, at the addresses given."""

from libc.stdint cimport int64_t, uintptr_t
from libc.stdlib cimport free, malloc
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_FromStringAndSize, PyBytes_GET_SIZE


cdef extern from "merkle.h":
    enum:
        GS_HASH

    struct gs_digest:
        void *context
        int (*init)(void *, const void *, void *) nogil
        int (*update)(void *, const void *, size_t) nogil
        int (*finish)(void *, unsigned char *, unsigned int *) nogil

    int gs_leaf_hashes(const gs_digest *digest, const unsigned char *const *leaves, const int64_t *lengths, int64_t n,
                       unsigned char *out) nogil
    int gs_root(const gs_digest *digest, unsigned char *hashes, int64_t n) nogil


cdef class Sha256:
    """SHA-256 at the addresses of EVP_MD_CTX_new, _free, EVP_sha256, EVP_DigestInit_ex, _Update, _Final_ex."""

    cdef void *(*_new)() nogil
    cdef void (*_free)(void *) nogil
    cdef const void *_kind
    cdef gs_digest _digest

    def __init__(self, addresses):
        new, away, kind, init, update, finish = addresses
        self._new = <void *(*)() noexcept nogil><uintptr_t>new
        self._free = <void (*)(void *) noexcept nogil><uintptr_t>away
        self._kind = (<const void *(*)() noexcept nogil><uintptr_t>kind)()
        self._digest.init = <int (*)(void *, const void *, void *) noexcept nogil><uintptr_t>init
        self._digest.update = <int (*)(void *, const void *, size_t) noexcept nogil><uintptr_t>update
        self._digest.finish = <int (*)(void *, unsigned char *, unsigned int *) noexcept nogil><uintptr_t>finish

    def leaf_hashes(self, tuple leaves):
        """Give the hash of each leaf, one behind the other. Any thread may call; the lock is let go of meanwhile."""
        cdef int64_t n = len(leaves), at
        cdef const unsigned char **starts = <const unsigned char **>malloc((n + 1) * sizeof(char *))
        cdef int64_t *lengths = <int64_t *>malloc((n + 1) * sizeof(int64_t))
        cdef gs_digest digest = self._digest
        cdef unsigned char *out
        cdef int status
        digest.context = self._new()
        try:
            if starts == NULL or lengths == NULL or digest.context == NULL:
                raise MemoryError
            for at in range(n):
                leaf = leaves[at]
                if not PyBytes_CheckExact(leaf):
                    raise TypeError("a leaf is bytes")
                starts[at] = <const unsigned char *>PyBytes_AS_STRING(leaf)
                lengths[at] = PyBytes_GET_SIZE(leaf)
            found = PyBytes_FromStringAndSize(NULL, n * GS_HASH)
            out = <unsigned char *>PyBytes_AS_STRING(found)
            with nogil:
                status = digest.init(digest.context, self._kind, NULL) != 1
                if status == 0:
                    status = gs_leaf_hashes(&digest, starts, lengths, n, out)
        finally:
            self._free(digest.context)
            free(starts)
            free(lengths)
        if status:
            raise ValueError("SHA-256 is not to be had")
        return found

    def root(self, const unsigned char[::1] hashes):
        """Give the root over hashes that lie one behind the other, at least one."""
        cdef int64_t n = hashes.shape[0] // GS_HASH
        cdef gs_digest digest = self._digest
        cdef unsigned char *row
        cdef int status
        if n == 0 or n * GS_HASH != hashes.shape[0]:
            raise ValueError("a hash has 32 bytes, and a tree one hash at least")
        found = PyBytes_FromStringAndSize(<const char *>&hashes[0], hashes.shape[0])
        row = <unsigned char *>PyBytes_AS_STRING(found)
        digest.context = self._new()
        try:
            if digest.context == NULL:
                raise MemoryError
            with nogil:
                status = digest.init(digest.context, self._kind, NULL) != 1
                if status == 0:
                    status = gs_root(&digest, row, n)
        finally:
            self._free(digest.context)
        if status:
            raise ValueError("SHA-256 is not to be had")
        return found[:GS_HASH]
