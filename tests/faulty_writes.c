/* Loaded before libc (LD_PRELOAD): the n-th call that writes to a file, whoever makes it, fails as if the disk did. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long made, fails;
static atomic_int armed, error;

void faults_arm(long nth, int code)
{
    made = 0;
    fails = nth;
    error = code;
    armed = 1;
}

long faults_made(void)
{
    armed = 0;
    return made;
}

static int strikes(void)
{
    if (!armed || ++made != fails) return 0;
    errno = error;
    return 1;
}

static int is_file(int handle)
{
    struct stat found;
    const int before = errno, known = armed && !fstat(handle, &found);
    errno = before;
    return known && (S_ISREG(found.st_mode) || S_ISDIR(found.st_mode));
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define OF_A_FILE(result, name, handle, parameters, arguments) \
    result name parameters { return is_file(handle) && strikes() ? -1 : REAL(name) arguments; }
#define OF_A_NAME(name, parameters, arguments) \
    int name parameters { return strikes() ? -1 : REAL(name) arguments; }

OF_A_FILE(ssize_t, write, fd, (int fd, const void *b, size_t n), (fd, b, n))
OF_A_FILE(ssize_t, pwrite, fd, (int fd, const void *b, size_t n, off_t at), (fd, b, n, at))
OF_A_FILE(ssize_t, pwrite64, fd, (int fd, const void *b, size_t n, off64_t at), (fd, b, n, at))
OF_A_FILE(int, fsync, fd, (int fd), (fd))
OF_A_FILE(int, fdatasync, fd, (int fd), (fd))
OF_A_FILE(int, ftruncate, fd, (int fd, off_t n), (fd, n))
OF_A_FILE(int, ftruncate64, fd, (int fd, off64_t n), (fd, n))
OF_A_FILE(int, syncfs, fd, (int fd), (fd))
OF_A_NAME(rename, (const char *a, const char *b), (a, b))
OF_A_NAME(mkdir, (const char *a, mode_t m), (a, m))

#define OPENED(name, type) \
    int name(const char *path, int flags, ...) \
    { \
        va_list more; \
        va_start(more, flags); \
        const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        return flags & (O_WRONLY | O_RDWR | O_CREAT) && strikes() ? -1 : REAL(name)(path, flags, mode); \
    }
OPENED(open, open)
OPENED(open64, open64)
