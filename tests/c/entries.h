/*
 * The number of entries in a folder of /proc/self: open files, threads.
 */
#ifndef ENTRIES_H
#define ENTRIES_H

#include <dirent.h>
#include <stddef.h>

#include "check.h"

static inline size_t entries(const char *path) {
  size_t count = 0;
  DIR *folder = opendir(path);
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
    count += entry->d_name[0] != '.';
  }
  CHECK(folder != NULL && closedir(folder) == 0, "cannot read %s", path);
  return count;
}

#endif
