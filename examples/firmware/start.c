/*
 * start.c - what happens before main()?
 *
 * The processor takes its stack pointer and the address of reset() from the first words of flash.
 * reset() guards the end of the stack, paints it, so that it can be seen later how deep it has
 * been, copies the variables' first values from flash, clears the others and calls main(). Of the
 * exceptions only faults can come: interrupts stay masked for good, see board.c.
 */
#include "start.h"

#include "board.h"
#include "host.h"

#include <stdint.h>
#include <string.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define MPU_CONTROL    REGISTER(0xE000ED94)
#define MPU_REGION     REGISTER(0xE000ED98)
#define MPU_BASE       REGISTER(0xE000ED9C)
#define MPU_ATTRIBUTES REGISTER(0xE000EDA0)

enum { PAINT = 0xC5 };

/* From image.ld; of these only the addresses count. */
extern unsigned char stack_bottom[], stack_top[];
extern unsigned char data_image[], data_start[], data_end[], bss_start[], bss_end[];

int main(void);
void reset(void);

/*
 * What lies below the stack is not to be touched: the memory protection unit makes sure that an
 * overflow is a fault. Everything else is allowed.
 */
static void guard_stack(void)
{
    enum { REGION_4K = 11 << 1, REGION_ON = 1, NO_CODE = 1 << 28, UNIT_ON = 1, ELSE_ALLOWED = 4 };

    MPU_REGION = 0;
    MPU_BASE = (uint32_t)(uintptr_t)stack_bottom - 4096;
    MPU_ATTRIBUTES = NO_CODE | REGION_4K | REGION_ON;
    MPU_CONTROL = UNIT_ON | ELSE_ALLOWED;
    __asm__ volatile("dsb\n\tisb");
}

/* Below what is in use now. */
static void paint_stack(void)
{
    volatile unsigned char *p = stack_bottom;
    unsigned char here;

    while (p < &here)
        *p++ = PAINT;
}

size_t stack_size(void)
{
    return (size_t)(stack_top - stack_bottom);
}

size_t stack_used(void)
{
    const unsigned char *p = stack_bottom;

    while (p < stack_top && *p == PAINT)
        p++;
    return (size_t)(stack_top - p);
}

void reset(void)
{
    __asm__ volatile("cpsid i");
    guard_stack();
    paint_stack();
    memcpy(data_start, data_image, (size_t)(data_end - data_start));
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
    main();
    host_off(0);
}

__attribute__((used)) static void faulted(void)
{
    board_say("fault\n");
    host_off(3);
}

/* The stack may be what has run over: take it from the top again. */
__attribute__((naked)) static void fault(void)
{
    __asm__ volatile("ldr r0, =stack_top\n\t"
                     "mov sp, r0\n\t"
                     "b faulted");
}

typedef void handler(void);

__attribute__((section(".vectors"), used)) static const struct {
    void *stack;
    handler *exceptions[15];
} vectors = {
    stack_top,
    {reset, fault, fault, fault, fault, fault, NULL, NULL, NULL, NULL, fault, fault, NULL, fault,
     fault},
};
