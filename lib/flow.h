/*
 * flow.h - is the flow up?
 */
#ifndef SIPREG_LIB_FLOW_H
#define SIPREG_LIB_FLOW_H

#include "state.h"

/* Wants the flow closed, if it is ours to open. */
void sipreg_flow_close(struct sipreg_client *client);
/* Opening has taken too long. */
void sipreg_flow_stuck(struct sipreg_client *client);

#endif
