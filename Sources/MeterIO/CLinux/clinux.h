// The Linux system calls that the Glibc module leaves out.
#pragma once
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>

// Behind _GNU_SOURCE in <pthread.h>, <sched.h>, <spawn.h>, <sys/socket.h> and <unistd.h>; the tests start
// programs, and enter networks.
int pthread_setname_np(pthread_t thread, const char *name);
int sched_getaffinity(pid_t process, size_t size, void *mask);
int unshare(int flags);
int close_range(unsigned first, unsigned last, int flags);
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
int setns(int descriptor, int type);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

// Functions of variable arguments are not imported. The tests confine a daemon with this one.
int prctl_words(int option, unsigned long first, unsigned long second, unsigned long third,
                unsigned long fourth) __asm__("prctl");
