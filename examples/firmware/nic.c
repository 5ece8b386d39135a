/*
 * nic.c - how do frames get into lwIP and out of it? The driver of the LAN9118 of the board.
 *
 * Frames go through two FIFOs of 32-bit words in the chip, low octet first. Nothing is copied but
 * from there to lwIP's buffers and back. A frame for which lwIP has no buffer is lost, as any can
 * be.
 */
#include "nic.h"

#include "lwip/etharp.h"
#include "lwip/pbuf.h"

#include <string.h>

#define REGISTER(offset) (*(volatile uint32_t *)(0x40200000 + (offset)))

#define RX_DATA     REGISTER(0x00)
#define TX_DATA     REGISTER(0x20)
#define RX_STATUS   REGISTER(0x40)
#define TX_STATUS   REGISTER(0x48)
#define IRQ_CONFIG  REGISTER(0x54)
#define IRQ_STATUS  REGISTER(0x58)
#define IRQ_ENABLE  REGISTER(0x5C)
#define TX_CONFIG   REGISTER(0x70)
#define HW_CONFIG   REGISTER(0x74)
#define RX_FIFO     REGISTER(0x7C)
#define TX_FIFO     REGISTER(0x80)
#define MAC_COMMAND REGISTER(0xA4)
#define MAC_DATA    REGISTER(0xA8)

enum { MAC_CONTROL = 1, MAC_ADDRESS_HIGH = 2, MAC_ADDRESS_LOW = 3 };
enum { MAC_RECEIVES = 1 << 2, MAC_SENDS = 1 << 3 };

static const uint32_t mac_busy = 1u << 31, mac_read = 1u << 30;
static const uint32_t hw_reset = 1, hw_fifo = 5u << 16 | 1u << 20, tx_on = 1u << 1;
static const uint32_t irq_on = 1u << 8, irq_high = 1u << 4, irq_push_pull = 1u << 0;
static const uint32_t irq_received = 1u << 3;
static const uint32_t tx_first = 1u << 13, tx_last = 1u << 12;

/* ---------------------------------------------------------------- out */

/* Octets come in pieces of any length, and go out in words. */
static void push(const struct pbuf *p)
{
    uint32_t word = 0;
    unsigned shift = 0;

    for (; p != NULL; p = p->next) {
        const unsigned char *octet = p->payload;
        for (size_t i = 0; i < p->len; i++) {
            word |= (uint32_t)octet[i] << shift;
            shift = (shift + 8) % 32;
            if (shift == 0) {
                TX_DATA = word;
                word = 0;
            }
        }
    }
    if (shift != 0)
        TX_DATA = word;
}

static err_t output(struct netif *netif, struct pbuf *p)
{
    (void)netif;
    while ((TX_FIFO >> 16 & 0xFF) > 0) /* how earlier ones went is of no interest */
        (void)TX_STATUS;
    if ((TX_FIFO & 0xFFFF) < p->tot_len + 16u)
        return ERR_BUF;
    TX_DATA = tx_first | tx_last | p->tot_len;
    TX_DATA = p->tot_len;
    push(p);
    return ERR_OK;
}

/* ---------------------------------------------------------------- in */

/* The next frame, of so many octets and a checksum; NULL: there is no buffer for it. */
static struct pbuf *pull(size_t n)
{
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)n, PBUF_POOL);
    size_t at = 0;

    if (p != NULL && p->len < n) { /* lwipopts.h makes them large enough for any frame */
        pbuf_free(p);
        p = NULL;
    }
    for (; at < n + 4; at += 4) {
        uint32_t word = RX_DATA;
        if (p != NULL && at < n)
            memcpy((unsigned char *)p->payload + at, &word, n - at < 4 ? n - at : 4);
    }
    return p;
}

void nic_poll(struct netif *netif)
{
    IRQ_STATUS = irq_received; /* first, so that what comes meanwhile wakes us */
    while ((RX_FIFO >> 16 & 0xFF) > 0) {
        size_t n = RX_STATUS >> 16 & 0x3FFF;
        struct pbuf *p = n < 4 ? NULL : pull(n - 4);
        if (p != NULL && netif->input(p, netif) != ERR_OK)
            pbuf_free(p);
    }
}

/* ---------------------------------------------------------------- start */

static void mac_write(uint32_t number, uint32_t value)
{
    MAC_DATA = value;
    MAC_COMMAND = mac_busy | number;
    while ((MAC_COMMAND & mac_busy) != 0)
        ;
}

static uint32_t mac_value(uint32_t number)
{
    MAC_COMMAND = mac_busy | mac_read | number;
    while ((MAC_COMMAND & mac_busy) != 0)
        ;
    return MAC_DATA;
}

/* It loads its address from an EEPROM by itself. */
static void read_address(struct netif *netif)
{
    uint32_t low = mac_value(MAC_ADDRESS_LOW), high = mac_value(MAC_ADDRESS_HIGH);

    netif->hwaddr_len = ETH_HWADDR_LEN;
    memcpy(&netif->hwaddr[0], &low, 4);
    memcpy(&netif->hwaddr[4], &high, 2);
}

err_t nic_init(struct netif *netif)
{
    HW_CONFIG = hw_reset;
    while ((HW_CONFIG & hw_reset) != 0)
        ;
    HW_CONFIG = hw_fifo;
    IRQ_CONFIG = irq_on | irq_high | irq_push_pull;
    IRQ_ENABLE = irq_received;
    TX_CONFIG = tx_on;
    mac_write(MAC_CONTROL, MAC_RECEIVES | MAC_SENDS);
    read_address(netif);
    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->mtu = 1500;
    netif->flags =
        NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
    netif->linkoutput = output;
    return ERR_OK;
}
