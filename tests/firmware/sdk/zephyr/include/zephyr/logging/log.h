#include <stdio.h>

#define LOG_MODULE_REGISTER(name) extern int log_of_##name
#define LOG_INF(...)              ((void)printf(__VA_ARGS__))
#define LOG_ERR(...)              ((void)printf(__VA_ARGS__))
