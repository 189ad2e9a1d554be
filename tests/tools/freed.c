/* Loaded before the C library: ends the program with status 99 when memory that is given back to
 * the heap holds the text of FREED_NEEDLE. */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void __libc_free(void* at);

static char needle[256];
static size_t needle_len;

__attribute__((constructor)) static void begin(void) {
  const char* text = getenv("FREED_NEEDLE");
  if (text == NULL || strlen(text) >= sizeof needle) return;
  strcpy(needle, text);
  needle_len = strlen(needle);
}

void free(void* at) {
  static const char kFound[] = "memory given back holds the secret\n";
  if (at != NULL && needle_len != 0 &&
      memmem(at, malloc_usable_size(at), needle, needle_len) != NULL) {
    if (write(2, kFound, sizeof kFound - 1) < 0) _exit(98);
    _exit(99);
  }
  __libc_free(at);
}

/* Always moves, as it may at any time: what it leaves behind counts. */
void* realloc(void* at, size_t len) {
  void* const moved = malloc(len);
  size_t before;
  if (at == NULL || moved == NULL) return moved;
  before = malloc_usable_size(at);
  memcpy(moved, at, before < len ? before : len);
  free(at);
  return moved;
}
