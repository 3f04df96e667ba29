/* ULog: the chain of messages. */
#ifndef GROUNDSIDE_ULOG_H
#define GROUNDSIDE_ULOG_H

#include <stdint.h>

#define GS_ULOG_IDS 65536

struct gs_ulog_chain {
    int64_t at;       /* first place at which no message was taken */
    int64_t last;     /* first byte of the last message taken; -1 where there is none */
    int64_t n_data;   /* data messages taken */
    int64_t n_others; /* all others */
    int64_t effort;   /* bytes of text looked at in those taken */
    int32_t more;     /* call again from `at`: there was no room, or data follows a subscription */
};

/*
 * Follow the chain of messages from `start`, up to `stop`, past which none ends.
 *
 * Data is taken where it states the size that its id has in `sizes` (GS_ULOG_IDS of them, 0 for an id that is not
 * known); any other message where it is all that its kind demands by itself. What that cannot tell (an unsubscription,
 * data of another size) ends the chain; so does data behind a subscription, which may change sizes.
 *
 * offsets, ids: of data messages, with room for `room`. others: offsets of all other messages, with room for `spare`.
 */
void gs_ulog_follow(const uint8_t *data, int64_t size, int64_t start, int64_t stop, const int32_t *sizes,
                    int64_t *offsets, uint16_t *ids, int64_t room, int64_t *others, int64_t spare,
                    struct gs_ulog_chain *out);

#endif
