/* A host that loads the library, uses it and unloads it, again and again: it really goes, and takes
 * its memory, descriptors and threads with it. The libraries it needs may keep what they allocate
 * once, so the first rounds do not count.
 *
 * GLIBC_TUNABLES=glibc.malloc.tcache_count=0 reload LIBRARY      (what malloc keeps for a thread
 *                                                                 counts as in use) */
#include <dirent.h>
#include <dlfcn.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BEFORE = 3, ROUNDS = 30 };

typedef int (*Callback)(void* context, int event, int cparam, void* param[], int cbparam[]);

static int failures = 0;

static void expect(int holds, const char* what, int round) {
  if (holds) return;
  fprintf(stderr, "not so in round %d: %s\n", round, what);
  ++failures;
}

static int on_event(void* context, int event, int cparam, void* param[], int cbparam[]) {
  (void)event;
  (void)cparam;
  (void)param;
  (void)cbparam;
  ++*(int*)context;
  return 0;
}

static void resolve(void* library, const char* name, void* out) {
  void* at = dlsym(library, name);
  memcpy(out, &at, sizeof at);
}

static int entries_of(const char* folder) {
  int count = 0;
  DIR* d = opendir(folder);
  if (d == NULL) return -1;
  while (readdir(d) != NULL) ++count;
  closedir(d);
  return count;
}

static int is_mapped(const char* name) {
  char line[4096];
  int found = 0;
  FILE* maps = fopen("/proc/self/maps", "r");
  if (maps == NULL) return -1;
  while (fgets(line, sizeof line, maps) != NULL)
    if (strstr(line, name) != NULL) found = 1;
  fclose(maps);
  return found;
}

/* A login that looks a name up and goes as far as the network, and one that is in progress when its
 * object goes. */
static void use(void* library, int round) {
  void* (*create)(Callback, void*, const char*, int);
  int (*destroy)(void*);
  int (*set)(void*, int, int, const void*, int);
  int (*run)(void*, int, int, void*[], int[], int64_t*);
  void *o, *param[1] = {NULL};
  int cbparam[1] = {0}, events = 0;
  resolve(library, "IPWorksAuth_SSHAuth_Create", &create);
  resolve(library, "IPWorksAuth_SSHAuth_Destroy", &destroy);
  resolve(library, "IPWorksAuth_SSHAuth_Set", &set);
  resolve(library, "IPWorksAuth_SSHAuth_Do", &run);
  expect(create != NULL && destroy != NULL && set != NULL && run != NULL, "the names", round);
  if (failures != 0) return;
  o = create(on_event, &events, NULL, 0);
  expect(o != NULL, "Create", round);
  expect(set(o, 18, 0, "localhost", 0) == 0, "SSHHost", round);
  expect(set(o, 19, 0, (void*)(intptr_t)1, 0) == 0, "SSHPort", round);
  expect(run(o, 2, 0, param, cbparam, NULL) == 10061, "nothing listens on port 1", round);
  expect(events > 0, "events", round);
  expect(set(o, 20, 0, (void*)(intptr_t)0, 0) == 0, "Timeout 0", round);
  run(o, 2, 0, param, cbparam, NULL);
  expect(destroy(o) == 0, "Destroy", round);
}

int main(int argc, char* argv[]) {
  int round, descriptors = 0, threads = entries_of("/proc/self/task");
  size_t heap = 0, at_the_end;
  if (argc != 2) return 2;
  for (round = 0; round < BEFORE + ROUNDS && failures == 0; ++round) {
    void* library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
      fprintf(stderr, "%s\n", dlerror());
      return 1;
    }
    use(library, round);
    expect(is_mapped("libipworksauth") == 1, "it is there while it is loaded", round);
    expect(dlclose(library) == 0, "dlclose", round);
    expect(is_mapped("libipworksauth") == 0, "it is gone", round);
    expect(entries_of("/proc/self/task") == threads, "no thread was left", round);
    if (round == BEFORE - 1) {
      heap = mallinfo2().uordblks;
      descriptors = entries_of("/proc/self/fd");
    }
  }
  expect(entries_of("/proc/self/fd") == descriptors, "no descriptor was left", round);
  at_the_end = mallinfo2().uordblks;
  expect(at_the_end == heap, "no memory was left", round);
  printf("%d rounds; heap in use: %zu octets after %d, %zu at the end\n", round, heap, BEFORE,
         at_the_end);
  return failures != 0;
}
