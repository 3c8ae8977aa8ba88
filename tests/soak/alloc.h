/* The memory in use, as the program's allocator counts it. */
#ifndef ALLOC_H
#define ALLOC_H

long blocks_in_use(void);
long bytes_in_use(void);

#endif
