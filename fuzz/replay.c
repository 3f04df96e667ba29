/* Runs a harness on files, where no fuzzer does: its name, then what it makes of each. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *content(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    *size = 0;
    if (!file) return NULL;
    for (size_t room = 1 << 16, more = 1; more; room *= 2) {
        data = realloc(data, room);
        if (!data) abort();
        more = fread(data + *size, 1, room - *size, file);
        *size += more;
    }
    fclose(file);
    /* Of its exact size, so that a byte too far is seen; never nothing, which would be no file. */
    return realloc(data, *size ? *size : 1);
}

int main(int n, char **paths)
{
    for (int i = 1; i < n; i++) {
        size_t size;
        uint8_t *data = content(paths[i], &size);
        fprintf(stderr, "%s\n", paths[i]);
        if (!data) return 2;
        LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    return 0;
}
