/* Pushes reports as a device does: each on a connection of its own.
 *
 *   load PORT THREADS COUNT RATE [FIRST STAMP]
 *
 * With FIRST and STAMP they are call records, numbered from FIRST, that ended at STAMP (YYYYMMDDhhmmss).
 *
 * RATE 0: as fast as it goes, closing at once without reading, as devices do. Else so many per second
 * in all; each sender ends its own half and waits for the peer's end, which comes when the report is
 * committed, and the times from connect to there are told: sent, seconds, p50 and p99 in milliseconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int port, threads, count, first;
static const char *stamp;
static double rate, began;
static double *latency;
static const char *body =
    "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<Event attribute=\"RING\">\n  <ext id=\"%d\" />\n"
    "  <visitor id=\"22\" from=\"13012345678\" to=\"02161208234\" callid=\"%08d\" />\n</Event>\n%*s\n";

static const char *record =
    "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<Cdr id=\"%d%s-0\">\n  <callid>%d</callid>\n"
    "  <outer id=\"34\" />\n  <TimeStart>%s</TimeStart>\n  <Type>OU</Type>\n  <Route>IP</Route>\n"
    "  <CPN>%d</CPN>\n  <CDPN>00498992%06d</CDPN>\n  <TimeEnd>%s</TimeEnd>\n"
    "  <Duration>50</Duration>\n  <TrunkNumber>888</TrunkNumber>\n</Cdr>\n";

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void push(int number) {
    char text[640], message[1024], sink[256];
    int length = stamp
        ? snprintf(text, sizeof text, record, first + number, stamp, number % 65536, stamp,
                   100 + number % 40, number % 1000000, stamp)
        : snprintf(text, sizeof text, body, 100 + number % 40, number, 215, "");
    int whole = snprintf(message, sizeof message,
                         "GET /om20 HTTP/1.1\r\nHost: 127.0.0.1\r\nCache-Control: no-cache\r\n"
                         "Content-Length: %d\r\n\r\n%s", length, text);
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(port)};
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    double start = now();
    int line = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(line, (void *)&peer, sizeof peer) || send(line, message, whole, MSG_NOSIGNAL) != whole) {
        perror("push");
        exit(1);
    }
    if (rate > 0) {
        shutdown(line, SHUT_WR);
        while (recv(line, sink, sizeof sink, 0) > 0) {}
    }
    close(line);
    latency[number] = now() - start;
}

static void *run(void *which) {
    for (int number = (int)(long)which; number < count; number += threads) {
        if (rate > 0) {
            double wait = began + number / rate - now();
            if (wait > 0) {
                struct timespec t = {(time_t)wait, (long)((wait - (time_t)wait) * 1e9)};
                nanosleep(&t, NULL);
            }
        }
        push(number);
    }
    return NULL;
}

static int order(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc != 5 && argc != 7) return 2;
    if (argc == 7) first = atoi(argv[5]), stamp = argv[6];
    port = atoi(argv[1]), threads = atoi(argv[2]), count = atoi(argv[3]), rate = atof(argv[4]);
    latency = calloc(count, sizeof *latency);
    pthread_t *workers = calloc(threads, sizeof *workers);
    began = now();
    for (long i = 0; i < threads; i++) pthread_create(&workers[i], NULL, run, (void *)i);
    for (int i = 0; i < threads; i++) pthread_join(workers[i], NULL);
    double seconds = now() - began;
    qsort(latency, count, sizeof *latency, order);
    printf("%d %.3f %.2f %.2f\n", count, seconds, latency[count / 2] * 1e3, latency[(int)(count * 0.99)] * 1e3);
    return 0;
}
