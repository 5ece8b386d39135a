/*
 * sipreg_limits.h - the library's limits for this phone: one registrar over IPv4, no detours.
 * include/sipreg/config.h says what each is for.
 */
#define SIPREG_MAX_REALMS     1
#define SIPREG_CHALLENGE_SIZE 192
#define SIPREG_LOCAL_SIZE     24
#define SIPREG_CONTACT_SIZE   64
#define SIPREG_MAX_CONTACTS   0
#define SIPREG_TARGETS_SIZE   64
#define SIPREG_ROUTE_SIZE     48
#define SIPREG_MAX_TARGETS    2
#define SIPREG_LOCATE_SIZE    256
