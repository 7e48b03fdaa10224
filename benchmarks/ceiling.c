/* The ceiling: accept, read once, close, and count. What no server on this machine can be faster than. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    int wanted = atoi(argv[1]), seen = 0, on = 1;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in me = {.sin_family = AF_INET};
    socklen_t size = sizeof me;
    me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(door, (void *)&me, sizeof me) || listen(door, 4096)) return 1;
    getsockname(door, (void *)&me, &size);
    printf("%d\n", ntohs(me.sin_port));
    fflush(stdout);
    int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = door}, ready[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, door, &event);
    char data[4096];
    while (seen < wanted) {
        int n = epoll_wait(poll, ready, 256, 10000);
        if (n <= 0) return 1;
        for (int i = 0; i < n; i++) {
            int line = ready[i].data.fd;
            if (line == door) {
                while ((line = accept4(door, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    event.events = EPOLLIN, event.data.fd = line;
                    epoll_ctl(poll, EPOLL_CTL_ADD, line, &event);
                }
            } else {
                if (read(line, data, sizeof data) > 0) seen++;
                close(line);
            }
        }
    }
    return 0;
}
