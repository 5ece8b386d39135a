/*
 * warning.h - the codes of Warning.
 */
#ifndef SIPREG_LIB_WARNING_H
#define SIPREG_LIB_WARNING_H

#include "response.h"

/* Is one of the response's warnings of this code? */
/*@ requires readable(response);
    assigns \nothing;
*/
bool sipreg_warning_has(const struct sipreg_response *response, uint32_t code);

#endif
