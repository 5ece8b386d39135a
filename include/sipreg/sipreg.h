/*
 * sipreg - keeps a SIP address registered (RFC 3261 section 10, user agent side).
 *
 *   types.h      slices, transports, errors, version
 *   config.h     the limits of a build
 *   request.h    one REGISTER, from its parts           \
 *   response.h   one response, read in place             > one message at a time, without a client
 *   digest.h     challenges and their answers           /
 *   client.h     a registration kept alive
 *   locate.h     which server: RFC 3263, over your resolver
 *   storage.h    the private layout of a client, public so that you can allocate one
 *
 * Conventions: functions return SIPREG_OK or a count, and below zero an enum sipreg_error. In
 * structs zero and NULL mean "default" or "not there". Nothing is allocated, nothing is global,
 * nothing reads a clock, and strings are borrowed unless a comment says "copied".
 */
#ifndef SIPREG_SIPREG_H
#define SIPREG_SIPREG_H

#define SIPREG_VERSION "0.1.0"

#include <sipreg/config.h>
#include <sipreg/types.h>
#include <sipreg/request.h>
#include <sipreg/response.h>
#include <sipreg/digest.h>
#include <sipreg/client.h>
#include <sipreg/locate.h>

#endif
