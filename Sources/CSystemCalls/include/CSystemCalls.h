#ifndef MARTLET_CSYSTEMCALLS_H
#define MARTLET_CSYSTEMCALLS_H

#include <stddef.h>
#include <stdint.h>

// The system calls of a log on disk, each retried when a signal interrupts it. A result below zero is a negated errno;
// Swift's own import of errno may be overwritten between the call and the look.

/// What `martlet_open` may do.
enum {
    MARTLET_OPEN_READ = 0,
    MARTLET_OPEN_WRITE = 1,
    MARTLET_OPEN_CREATE = 2, ///< with WRITE: make the file if it is not there
    MARTLET_OPEN_EMPTY = 4,  ///< with WRITE: drop the old content
};

/// A piece of memory to write; laid out as `struct iovec`.
struct martlet_piece {
    const void *base;
    size_t count;
};

int martlet_open(const char *path, int how);
int martlet_close(int descriptor);
/// Reads until `count` bytes or the end of the file; returns how many.
int64_t martlet_pread(int descriptor, void *buffer, size_t count, int64_t position);
/// Writes all pieces one behind the other: 0 or an error, after which any prefix may have been written.
int martlet_pwritev(int descriptor, const struct martlet_piece *pieces, size_t count, int64_t position);
int martlet_truncate(int descriptor, int64_t size);
/// Reserves disk space without changing the size of the file.
int martlet_allocate(int descriptor, int64_t position, int64_t count);
int martlet_fdatasync(int descriptor);
int martlet_fsync(int descriptor);
/// Flushes the whole file system that holds `path`; fails if write-back failed since the descriptor's last look.
int martlet_syncfs(int descriptor);
int64_t martlet_size(int descriptor);
/// When the file was last written, in milliseconds since 1970; -1 if that cannot be told.
int64_t martlet_modification_milliseconds(int descriptor);
int martlet_device(const char *path, uint64_t *device);
int martlet_rename(const char *from, const char *to);
int martlet_link(const char *from, const char *to);
int martlet_unlink(const char *path);
int martlet_mkdir(const char *path);
int martlet_rmdir(const char *path);
/// 1 a directory, 0 anything else.
int martlet_is_directory(const char *path);
/// Names in a directory as one block of NUL-ended strings, freed with `martlet_free`; `length` counts its bytes.
int martlet_list(const char *path, char **names, size_t *length);
void martlet_free(void *block);
int martlet_sync_directory(const char *path);
/// Takes the exclusive lock or fails with EWOULDBLOCK.
int martlet_lock(int descriptor);
/// Lets the process open as many files as it may; returns how many.
int64_t martlet_raise_file_limit(void);
int martlet_space(const char *path, uint64_t *total, uint64_t *usable);
/// The path from the root, freed with `martlet_free`; NULL where there is none.
char *martlet_absolute_path(const char *path);
int martlet_drop_cache(int descriptor, int64_t position, int64_t count);
/// 1 if every page of the range is in memory, 0 if not, or an error where the system cannot tell.
int martlet_is_resident(int descriptor, int64_t position, int64_t count);
/// Maps the first `count` bytes for reading.
int martlet_map(int descriptor, size_t count, const void **address);
int martlet_unmap(const void *address, size_t count);
/// Gives the unwritten pages of the executable back to the system; they come again from the page cache when needed.
void martlet_release_clean_pages(void);
/// Milliseconds since 1970, and nanoseconds of a clock that never goes back.
int64_t martlet_wall_milliseconds(void);
int64_t martlet_monotonic_nanoseconds(void);

#endif
