/* A host that binds at run time: opens the library named on its command line and drives an object
 * through the names and signatures that such hosts resolve. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef int (*Callback)(void* context, int event, int cparam, void* param[], int cbparam[]);

static void* library;
static int failures = 0;

static void expect(int holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "not so: %s\n", what);
  ++failures;
}

/* ISO C has no conversion from an object pointer to a function; POSIX wants it to work. */
static void resolve(const char* name, void* out) {
  void* at = dlsym(library, name);
  expect(at != NULL, name);
  memcpy(out, &at, sizeof at);
}

static int on_event(void* context, int event, int cparam, void* param[], int cbparam[]) {
  (void)event;
  (void)cparam;
  (void)param;
  (void)cbparam;
  ++*(int*)context;
  return 0;
}

int main(int argc, char* argv[]) {
  void* (*Create)(Callback, void*, const char*, int);
  int (*Destroy)(void*);
  int (*CheckIndex)(void*, int, int);
  void* (*Get)(void*, int, int, int*, int64_t*);
  int (*Set)(void*, int, int, const void*, int);
  int (*Do)(void*, int, int, void*[], int[], int64_t*);
  char* (*GetLastError)(void*);
  int (*GetLastErrorCode)(void*);
  int (*SetLastErrorAndCode)(void*, int, const char*);
  char* (*GetEventError)(void*);
  int (*GetEventErrorCode)(void*);
  int (*SetEventErrorAndCode)(void*, int, const char*);
  int (*StaticInit)(void*);
  int (*StaticDestroy)(void);
  void* (*EvtStr)(void*, int, void*, int);
  int events = 0, len = 0;
  void* o;
  void* param[2] = {NULL, NULL};
  int cbparam[2] = {0, 0};
  char config[] = "SelectWaitMillis";

  library = dlopen(argc > 1 ? argv[1] : "libipworksauth.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  resolve("IPWorksAuth_SSHAuth_Create", &Create);
  resolve("IPWorksAuth_SSHAuth_Destroy", &Destroy);
  resolve("IPWorksAuth_SSHAuth_CheckIndex", &CheckIndex);
  resolve("IPWorksAuth_SSHAuth_Get", &Get);
  resolve("IPWorksAuth_SSHAuth_Set", &Set);
  resolve("IPWorksAuth_SSHAuth_Do", &Do);
  resolve("IPWorksAuth_SSHAuth_GetLastError", &GetLastError);
  resolve("IPWorksAuth_SSHAuth_GetLastErrorCode", &GetLastErrorCode);
  resolve("IPWorksAuth_SSHAuth_SetLastErrorAndCode", &SetLastErrorAndCode);
  resolve("IPWorksAuth_SSHAuth_GetEventError", &GetEventError);
  resolve("IPWorksAuth_SSHAuth_GetEventErrorCode", &GetEventErrorCode);
  resolve("IPWorksAuth_SSHAuth_SetEventErrorAndCode", &SetEventErrorAndCode);
  resolve("IPWorksAuth_SSHAuth_StaticInit", &StaticInit);
  resolve("IPWorksAuth_SSHAuth_StaticDestroy", &StaticDestroy);
  resolve("IPWorksAuth_EvtStr", &EvtStr);
  if (failures != 0) return 1;

  expect(StaticInit(NULL) == 0, "StaticInit");
  o = Create(on_event, &events, NULL, 0);
  expect(o != NULL, "Create");
  expect(CheckIndex(o, 18, 0) == 0, "CheckIndex of SSHHost");
  expect(CheckIndex(o, 22, 0) != 0, "CheckIndex of nothing");
  expect(Set(o, 255, 0, "key", 0) == 0, "the OEM key is taken");
  expect(Set(o, 18, 0, "127.0.0.1", 0) == 0, "SSHHost");
  expect(Set(o, 19, 0, (void*)(intptr_t)1, 0) == 0, "SSHPort");
  expect((int)(intptr_t)Get(o, 19, 0, &len, NULL) == 1, "SSHPort reads back");
  expect(GetLastErrorCode(o) == 0, "and leaves no error");
  expect(strncmp((char*)Get(o, 0, 0, NULL, NULL), "ipworksauth", 11) == 0, "VERSION");
  param[0] = config;
  expect(Do(o, 3, 1, param, cbparam, NULL) == 0, "Config");
  expect(strcmp((char*)param[1], "20") == 0, "its result is in the last slot");
  expect(Do(o, 2, 0, param, cbparam, NULL) == 10061, "Authenticate on a closed port");
  expect(strlen(GetLastError(o)) > 0, "GetLastError");
  expect(events > 0, "events were fired");
  expect(SetLastErrorAndCode(o, 9, "nine") == 0 && GetLastErrorCode(o) == 9, "SetLastErrorAndCode");
  expect(SetEventErrorAndCode(o, 8, "eight") == 0 && GetEventErrorCode(o) == 8 &&
             strcmp(GetEventError(o), "eight") == 0,
         "the event error");
  expect(EvtStr(NULL, 0, NULL, 1) == NULL, "EvtStr without a slot");
  expect(Destroy(o) == 0, "Destroy");
  expect(StaticDestroy() == 0, "StaticDestroy");
  dlclose(library);
  return failures != 0;
}
