/* C, bound at run time (dlopen), as plug-ins and language runtimes do it.
 *
 *   login HOST PORT USER MODE FINGERPRINT KEY-FILE
 *
 * MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
 * Exit status: 0 authenticated, 1 not, 2 used wrongly. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipworksauth/sshauth.h"

/* What is used of the library: result, name, parameters. */
#define FUNCTIONS(X)                                                        \
  X(void*, sshauth_create, (ipworksauth_callback, void*, const char*, int)) \
  X(int, sshauth_destroy, (void*))                                          \
  X(int, sshauth_authenticate, (void*))                                     \
  X(char*, sshauth_config, (void*, const char*))                            \
  X(char*, sshauth_getlasterror, (void*))                                   \
  X(int, sshauth_getlasterrorcode, (void*))                                 \
  X(char*, sshauth_getuser, (void*))                                        \
  X(char*, sshauth_getfirewalluser, (void*))                                \
  X(int, sshauth_setuser, (void*, const char*))                             \
  X(int, sshauth_setsshhost, (void*, const char*))                          \
  X(int, sshauth_setsshport, (void*, int))                                  \
  X(int, sshauth_setauthmode, (void*, int))                                 \
  X(int, sshauth_setpassword, (void*, const char*))                         \
  X(int, sshauth_setsshcertstoretype, (void*, int))                         \
  X(int, sshauth_setsshcertstore, (void*, const char*, int))                \
  X(void*, evtstr, (void*, int, void*, int))
#define DECLARE(result, name, parameters) static result(*name) parameters;
FUNCTIONS(DECLARE)

static int bind_library(const char* file) {
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL), *at;
  /* ISO C converts no object pointer to a function pointer; POSIX says that the octets are it. */
#define RESOLVE(result, name, parameters)                                               \
  if (library == NULL || (at = dlsym(library, "ipworksauth_" #name)) == NULL) return 0; \
  memcpy(&name, &at, sizeof at);
  FUNCTIONS(RESOLVE)
  return 1;
}

struct Account {
  char *fingerprint, *password;
};

static int on_event(void* context, int event, int count, void* param[], int cbparam[]) {
  const struct Account* account = context;
  (void)count;
  switch (event) {
    case EID_SSHAUTH_CONNECTED:
    case EID_SSHAUTH_DISCONNECTED:
      printf("%s %d %s\n", event == EID_SSHAUTH_CONNECTED ? "connected" : "disconnected",
             (int)(intptr_t)param[0], (char*)param[1]); /* a number is in the slot itself */
      break;
    case EID_SSHAUTH_SSHSTATUS: printf("status %s\n", (char*)param[0]); break;
    case EID_SSHAUTH_SSHSERVERAUTHENTICATION:
      printf("host key %s ", (char*)param[2]);
      for (int i = 0; i < cbparam[0]; ++i) printf("%02x", ((unsigned char*)param[0])[i]);
      printf("\nfingerprint %s\n", (char*)param[1]);
      param[6] = (void*)(intptr_t)(strcmp(param[1], account->fingerprint) == 0);
      break;
    case EID_SSHAUTH_SSHKEYBOARDINTERACTIVE:
      printf("prompt %s\n", (char*)param[2]);
      if (evtstr(param[3], 2, account->password, 1) == NULL) return 1;
      break;
    default: break;
  }
  return 0;
}

static int mode_named(const char* name) {
  if (strcmp(name, "publickey") == 0) return AM_PUBLIC_KEY;
  if (strcmp(name, "password") == 0) return AM_PASSWORD;
  return strcmp(name, "keyboard-interactive") == 0 ? AM_KEYBOARD_INTERACTIVE : AM_NONE;
}

/* 0: authenticated. Else the object's last error says why not. */
static int login(void* auth, char* argv[], const char* password) {
  char setting[256];
  /* Texts are UTF-8 both ways: what Config stores, a getter reads. */
  snprintf(setting, sizeof setting, "FirewallUser=%s", argv[3]);
  sshauth_config(auth, setting);
  if (sshauth_getlasterrorcode(auth) != 0 || sshauth_setsshhost(auth, argv[1]) != 0 ||
      sshauth_setsshport(auth, atoi(argv[2])) != 0 || sshauth_setuser(auth, argv[3]) != 0 ||
      sshauth_setpassword(auth, password) != 0 ||
      sshauth_setsshcertstoretype(auth, CST_AUTO) != 0 ||
      sshauth_setsshcertstore(auth, argv[6], (int)strlen(argv[6])) != 0 ||
      sshauth_setauthmode(auth, mode_named(argv[4])) != 0)
    return 1;
  printf("user %s\nproxy user %s\n", sshauth_getuser(auth), sshauth_getfirewalluser(auth));
  return sshauth_authenticate(auth);
}

int main(int argc, char* argv[]) {
  struct Account account;
  void* auth;
  int code;
  if (argc != 7 || mode_named(argv[4]) == AM_NONE || getenv("PASSWORD") == NULL)
    return fputs(
               "usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the "
               "environment\n",
               stderr),
           2;
  if (!bind_library("libipworksauth.so.0")) return fprintf(stderr, "%s\n", dlerror()), 2;
  account.fingerprint = argv[5];
  account.password = getenv("PASSWORD");
  auth = sshauth_create(on_event, &account, NULL, 0);
  code = login(auth, argv, account.password);
  if (code == 0)
    puts("authenticated");
  else
    fprintf(stderr, "%d %s\n", sshauth_getlasterrorcode(auth), sshauth_getlasterror(auth));
  sshauth_destroy(auth);
  return code != 0;
}
