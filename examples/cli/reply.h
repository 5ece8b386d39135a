/*
 * reply.h - what a reply of the DNS says.
 */
#ifndef CLI_REPLY_H
#define CLI_REPLY_H

#include <sipreg/sipreg.h>

#define REPLY_RECORDS 64
#define REPLY_TEXT    8192

struct reply {
    struct sipreg_record records[REPLY_RECORDS];
    int count;
    char text[REPLY_TEXT]; /* what the records point to */
    size_t used;
};

/* The records of this type that stand there for the name that was asked for, as many as there is
   room for. False: it is broken. */
bool reply_read(struct reply *reply, enum sipreg_dns_type type, const unsigned char *bytes,
                int size);

#endif
