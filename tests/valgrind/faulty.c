/* Faults that valgrind must see: without an argument a block is lost, with one the octet behind a
 * block is read. */
#include <stdlib.h>

static char* volatile block;

int main(int argc, char* argv[]) {
  int read = 0;
  (void)argv;
  block = malloc((size_t)argc);
  if (argc > 1) {
    read = block[argc];
    free(block);
  }
  block = NULL;
  return read == 1 ? 1 : 0;
}
