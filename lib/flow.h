/*
 * flow.h - is the flow up?
 */
#ifndef SIPREG_LIB_FLOW_H
#define SIPREG_LIB_FLOW_H

#include "state.h"

/* Opening has taken too long. */
void sipreg_flow_stuck(struct sipreg_client *client);
/* It has failed without its transport saying so (RFC 5626 4.4). No request is under way. */
void sipreg_flow_failed(struct sipreg_client *client, int error);

#endif
