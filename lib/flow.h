/*
 * flow.h - is the flow up?
 */
#ifndef SIPREG_LIB_FLOW_H
#define SIPREG_LIB_FLOW_H

#include "state.h"

/* Opening has taken too long. */
void sipreg_flow_stuck(struct sipreg_client *client);

#endif
