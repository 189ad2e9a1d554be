/* A host in C alone, linked at build time: uses the library as its manual says. Exit code 0 when
 * everything was as told. */
#include <stdio.h>
#include <string.h>

#include "ipworksauth/engine.h"
#include "ipworksauth/sshauth.h"

static int failures = 0;

static void expect(int holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "not so: %s\n", what);
  ++failures;
}

static int on_event(void* context, int event_id, int cparam, void* param[], int cbparam[]) {
  int* count = (int*)context;
  (void)cparam;
  (void)cbparam;
  ++*count;
  if (event_id == EID_SSHAUTH_SSHSTATUS) puts((const char*)param[0]);
  return 0;
}

int main(void) {
  int events = 0;
  ipworksauth_engine* engine = NULL;
  const char* why = NULL;
  ipworksauth_engine_config config;
  void* o = ipworksauth_sshauth_create(on_event, &events, NULL, 0);
  expect(o != NULL, "create makes an object");

  expect(ipworksauth_sshauth_setuser(o, "alice") == 0, "a user can be set");
  expect(strcmp(ipworksauth_sshauth_getuser(o), "alice") == 0, "and read");
  expect(ipworksauth_sshauth_setauthmode(o, AM_PASSWORD) == 0, "modes have short names");
  expect(ipworksauth_sshauth_setsshport(o, 0) == 116, "port 0 is refused");
  expect(strlen(ipworksauth_sshauth_getlasterror(o)) > 0, "with a sentence");
  expect(strcmp(ipworksauth_sshauth_config(o, "LogLevel"), "1") == 0, "settings can be read");

  /* Nothing listens on port 1 of this machine. */
  expect(ipworksauth_sshauth_setsshhost(o, "127.0.0.1") == 0, "a host can be set");
  expect(ipworksauth_sshauth_setsshport(o, 1) == 0, "a port can be set");
  expect(ipworksauth_sshauth_authenticate(o) == 10061, "a closed port is 10061");
  expect(ipworksauth_sshauth_getlasterrorcode(o) == 10061, "the last error has the code");
  expect(ipworksauth_sshauth_getstate(o) == IPWORKSAUTH_STATE_FAILED, "the state says so");
  expect(events > 0, "events were fired");
  puts(ipworksauth_sshauth_getlasterror(o));
  expect(ipworksauth_sshauth_destroy(o) == 0, "the object can be destroyed");

  memset(&config, 0, sizeof config);
  expect(ipworksauth_engine_new(&engine, &config, &why) == IPWORKSAUTH_E_ARGUMENT,
         "an empty engine configuration is refused");
  expect(engine == NULL && why != NULL, "with a reason");
  expect(ipworksauth_engine_new(NULL, &config, NULL) == IPWORKSAUTH_E_ARGUMENT, "NULL is refused");
  ipworksauth_engine_free(NULL);
  return failures != 0;
}
