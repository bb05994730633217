// Lets one system call of a program fail, or all of one kind from one on: for tools/faults.py, by LD_PRELOAD on Linux.
//
//   FAULT_CALL     the function: open, read, write, fsync, rename, close, mkdir, ftruncate, opendir
//   FAULT_NUMBER   which of its calls fails, from 1
//   FAULT_ERROR    the value of errno, or "short": half of the bytes, as a signal or a full pipe may leave it
//   FAULT_STAYS    if set, all later calls fail too (but for what is written to standard error, to be heard)
//   FAULT_REPORT   a file that is made when the fault happens
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <dirent.h>
#include <sys/stat.h>

enum fault { none, failing, shortened };

static atomic_int count;

// What happens to this call of a function.
static enum fault fault(const char *call) {
  const char *wanted = getenv("FAULT_CALL"), *number = getenv("FAULT_NUMBER"), *error = getenv("FAULT_ERROR");
  if (!wanted || !number || !error || strcmp(call, wanted) != 0) return none;
  int this = atomic_fetch_add(&count, 1) + 1, chosen = atoi(number);
  if (this != chosen && !(this > chosen && getenv("FAULT_STAYS"))) return none;
  const char *report = getenv("FAULT_REPORT");
  if (report) {
    long descriptor = syscall(SYS_openat, AT_FDCWD, report, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor >= 0) syscall(SYS_close, descriptor);
  }
  if (strcmp(error, "short") == 0) return shortened;
  errno = atoi(error);
  return failing;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// Programs that the program starts are not meant.
__attribute__((constructor)) static void stay_alone(void) { unsetenv("LD_PRELOAD"); }

static size_t shorter(size_t count) { return count > 1 ? count / 2 : count; }

static mode_t mode_of(int flags, va_list arguments) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  if (fault("open") == failing) return -1;
  return REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  if (fault("open") == failing) return -1;
  return REAL(open)(path, flags, mode);
}

ssize_t read(int descriptor, void *buffer, size_t count) {
  enum fault found = fault("read");
  if (found == failing) return -1;
  return REAL(read)(descriptor, buffer, found == shortened ? shorter(count) : count);
}

ssize_t pread(int descriptor, void *buffer, size_t count, off_t offset) {
  enum fault found = fault("read");
  if (found == failing) return -1;
  return REAL(pread)(descriptor, buffer, found == shortened ? shorter(count) : count, offset);
}

ssize_t pread64(int descriptor, void *buffer, size_t count, off64_t offset) {
  return pread(descriptor, buffer, count, offset);
}

ssize_t write(int descriptor, const void *buffer, size_t count) {
  if (descriptor != STDERR_FILENO || !getenv("FAULT_STAYS")) {
    enum fault found = fault("write");
    if (found == failing) return -1;
    if (found == shortened) count = shorter(count);
  }
  return REAL(write)(descriptor, buffer, count);
}

int fsync(int descriptor) { return fault("fsync") == failing ? -1 : REAL(fsync)(descriptor); }

int rename(const char *old, const char *new) { return fault("rename") == failing ? -1 : REAL(rename)(old, new); }

int mkdir(const char *path, mode_t mode) { return fault("mkdir") == failing ? -1 : REAL(mkdir)(path, mode); }

int ftruncate(int descriptor, off_t length) {
  return fault("ftruncate") == failing ? -1 : REAL(ftruncate)(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) { return ftruncate(descriptor, length); }

DIR *opendir(const char *path) { return fault("opendir") == failing ? NULL : REAL(opendir)(path); }

// A descriptor is closed even where closing it says that something went wrong.
int close(int descriptor) {
  enum fault found = fault("close");
  int error = errno;
  int result = REAL(close)(descriptor);
  if (found != failing) return result;
  errno = error;
  return -1;
}
