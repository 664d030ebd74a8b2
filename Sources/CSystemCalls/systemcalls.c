#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CSystemCalls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#define RETRY(result, call) do { result = (call); } while (result < 0 && errno == EINTR)

_Static_assert(sizeof(struct martlet_piece) == sizeof(struct iovec), "a piece is an iovec");
_Static_assert(offsetof(struct martlet_piece, count) == offsetof(struct iovec, iov_len), "a piece is an iovec");

int martlet_open(const char *path, int how) {
    int flags = O_CLOEXEC | (how & MARTLET_OPEN_WRITE ? O_RDWR : O_RDONLY);
    if (how & MARTLET_OPEN_CREATE) flags |= O_CREAT;
    if (how & MARTLET_OPEN_EMPTY) flags |= O_TRUNC;
    int result;
    RETRY(result, open(path, flags, 0644));
    return result < 0 ? -errno : result;
}

int martlet_close(int descriptor) { return close(descriptor) < 0 ? -errno : 0; }

int64_t martlet_pread(int descriptor, void *buffer, size_t count, int64_t position) {
    size_t done = 0;
    while (done < count) {
        ssize_t result;
        RETRY(result, pread(descriptor, (char *)buffer + done, count - done, (off_t)(position + (int64_t)done)));
        if (result < 0) return -errno;
        if (result == 0) break;
        done += (size_t)result;
    }
    return (int64_t)done;
}

/// The slow path of a vectored write: what is left of one piece after a partial write.
static int write_rest(int descriptor, const char *base, size_t count, int64_t position) {
    while (count > 0) {
        ssize_t result;
        RETRY(result, pwrite(descriptor, base, count, (off_t)position));
        if (result < 0) return -errno;
        if (result == 0) return -EIO;
        base += result;
        count -= (size_t)result;
        position += result;
    }
    return 0;
}

int martlet_pwritev(int descriptor, const struct martlet_piece *pieces, size_t count, int64_t position) {
    while (count > 0) {
        int some = count > IOV_MAX ? IOV_MAX : (int)count;
        ssize_t result;
        RETRY(result, pwritev(descriptor, (const struct iovec *)pieces, some, (off_t)position));
        if (result < 0) return -errno;
        size_t written = (size_t)result;
        position += result;
        while (some > 0 && written >= pieces->count) {
            written -= pieces->count;
            pieces++, count--, some--;
        }
        if (some > 0) {
            int failure = write_rest(descriptor, (const char *)pieces->base + written, pieces->count - written, position);
            if (failure < 0) return failure;
            position += (int64_t)(pieces->count - written);
            pieces++, count--;
        }
    }
    return 0;
}

int martlet_truncate(int descriptor, int64_t size) {
    int result;
    RETRY(result, ftruncate(descriptor, (off_t)size));
    return result < 0 ? -errno : 0;
}

int martlet_allocate(int descriptor, int64_t position, int64_t count) {
#ifdef __linux__
    int result;
    RETRY(result, fallocate(descriptor, FALLOC_FL_KEEP_SIZE, (off_t)position, (off_t)count));
    return result < 0 && errno != EOPNOTSUPP ? -errno : 0;
#else
    (void)descriptor, (void)position, (void)count;
    return 0;
#endif
}

int martlet_fsync(int descriptor) {
    int result;
#ifdef __APPLE__
    RETRY(result, fcntl(descriptor, F_FULLFSYNC));
#else
    RETRY(result, fsync(descriptor));
#endif
    return result < 0 ? -errno : 0;
}

int martlet_fdatasync(int descriptor) {
#ifdef __linux__
    int result;
    RETRY(result, fdatasync(descriptor));
    return result < 0 ? -errno : 0;
#else
    return martlet_fsync(descriptor);
#endif
}

int martlet_syncfs(int descriptor) {
#ifdef __linux__
    int result;
    RETRY(result, syncfs(descriptor));
    return result < 0 ? -errno : 0;
#else
    (void)descriptor;
    return -ENOSYS;
#endif
}

int64_t martlet_size(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) < 0 ? -errno : (int64_t)status.st_size;
}

int64_t martlet_modification_milliseconds(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) < 0) return -1;
#ifdef __APPLE__
    struct timespec time = status.st_mtimespec;
#else
    struct timespec time = status.st_mtim;
#endif
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int martlet_device(const char *path, uint64_t *device) {
    struct stat status;
    if (stat(path, &status) < 0) return -errno;
    *device = (uint64_t)status.st_dev;
    return 0;
}

int martlet_rename(const char *from, const char *to) { return rename(from, to) < 0 ? -errno : 0; }
int martlet_link(const char *from, const char *to) { return link(from, to) < 0 ? -errno : 0; }
int martlet_unlink(const char *path) { return unlink(path) < 0 ? -errno : 0; }
int martlet_mkdir(const char *path) { return mkdir(path, 0755) < 0 ? -errno : 0; }
int martlet_rmdir(const char *path) { return rmdir(path) < 0 ? -errno : 0; }

int martlet_is_directory(const char *path) {
    struct stat status;
    if (stat(path, &status) < 0) return -errno;
    return S_ISDIR(status.st_mode) ? 1 : 0;
}

int martlet_list(const char *path, char **names, size_t *length) {
    DIR *directory = opendir(path);
    if (!directory) return -errno;
    char *block = NULL;
    size_t used = 0, capacity = 0;
    struct dirent *entry;
    int failure = 0;
    while ((errno = 0, entry = readdir(directory))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        size_t size = strlen(entry->d_name) + 1;
        if (used + size > capacity) {
            capacity = capacity ? capacity * 2 : 4096;
            char *larger = realloc(block, capacity);
            if (!larger) { failure = -ENOMEM; break; }
            block = larger;
        }
        memcpy(block + used, entry->d_name, size);
        used += size;
    }
    if (!failure && errno) failure = -errno;
    closedir(directory);
    if (failure) { free(block); return failure; }
    *names = block;
    *length = used;
    return 0;
}

void martlet_free(void *block) { free(block); }

int martlet_sync_directory(const char *path) {
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    int result;
    RETRY(result, fsync(descriptor));
    int failure = result < 0 ? -errno : 0;
    close(descriptor);
    return failure;
}

int martlet_lock(int descriptor) {
    int result;
    RETRY(result, flock(descriptor, LOCK_EX | LOCK_NB));
    return result < 0 ? -errno : 0;
}

int64_t martlet_raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    return (int64_t)limit.rlim_cur;
}

char *martlet_absolute_path(const char *path) { return realpath(path, NULL); }

int martlet_space(const char *path, uint64_t *total, uint64_t *usable) {
    struct statvfs status;
    if (statvfs(path, &status) < 0) return -errno;
    *total = (uint64_t)status.f_blocks * (uint64_t)status.f_frsize;
    *usable = (uint64_t)status.f_bavail * (uint64_t)status.f_frsize;
    return 0;
}

int martlet_drop_cache(int descriptor, int64_t position, int64_t count) {
#ifdef __linux__
    return -posix_fadvise(descriptor, (off_t)position, (off_t)count, POSIX_FADV_DONTNEED);
#else
    (void)descriptor, (void)position, (void)count;
    return 0;
#endif
}

#ifdef __linux__
struct page_range { uint64_t position, count; };
struct page_counts { uint64_t cached, dirty, writeback, evicted, recently_evicted; };

/// For kernels before 6.5: asks about every page of a mapping that is never touched.
static int is_resident_by_mapping(int descriptor, int64_t first, int64_t size, int64_t page) {
    void *address = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, descriptor, (off_t)first);
    if (address == MAP_FAILED) return -errno;
    int resident = 1;
    unsigned char pages[1024];
    for (int64_t done = 0; done < size && resident == 1;) {
        int64_t some = size - done < 1024 * page ? size - done : 1024 * page;
        if (mincore((char *)address + done, (size_t)some, pages) < 0) { resident = -errno; break; }
        for (int64_t index = 0; index * page < some; index++) {
            if (!(pages[index] & 1)) { resident = 0; break; }
        }
        done += some;
    }
    munmap(address, (size_t)size);
    return resident;
}

int martlet_is_resident(int descriptor, int64_t position, int64_t count) {
    if (count <= 0) return 1;
    int64_t page = sysconf(_SC_PAGESIZE);
    int64_t first = position / page * page;
    int64_t size = (position + count - first + page - 1) / page * page;
    struct page_range range = {(uint64_t)first, (uint64_t)size};
    struct page_counts counts;
    if (syscall(451 /* cachestat, the same on every architecture */, descriptor, &range, &counts, 0) == 0) {
        return counts.cached >= (uint64_t)(size / page) ? 1 : 0;
    }
    if (errno != ENOSYS) return -errno;
    return is_resident_by_mapping(descriptor, first, size, page);
}
#else
int martlet_is_resident(int descriptor, int64_t position, int64_t count) {
    (void)descriptor, (void)position, (void)count;
    return -EOPNOTSUPP;
}
#endif

int martlet_map(int descriptor, size_t count, const void **address) {
    void *result = mmap(NULL, count, PROT_READ, MAP_SHARED, descriptor, 0);
    if (result == MAP_FAILED) return -errno;
    *address = result;
    return 0;
}

int martlet_unmap(const void *address, size_t count) { return munmap((void *)address, count) < 0 ? -errno : 0; }

static int64_t clock_nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t martlet_wall_milliseconds(void) { return clock_nanoseconds(CLOCK_REALTIME) / 1000000; }
int64_t martlet_monotonic_nanoseconds(void) { return clock_nanoseconds(CLOCK_MONOTONIC); }

#ifdef __linux__
#include <link.h>

static int release_object(struct dl_phdr_info *object, size_t size, void *done) {
    (void)size;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        uintptr_t end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
        madvise((void *)start, end - start, MADV_DONTNEED);
    }
    (void)done;
    return 1; // The executable itself comes first; libraries are shared with others.
}

void martlet_release_clean_pages(void) { dl_iterate_phdr(release_object, NULL); }
#else
void martlet_release_clean_pages(void) {}
#endif
