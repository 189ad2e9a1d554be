/* api.h: how the public functions are exported. */
#ifndef IPWORKSAUTH_API_H
#define IPWORKSAUTH_API_H

#if defined(_WIN32) || defined(__CYGWIN__)
#ifdef IPWORKSAUTH_BUILD
#define IPWORKSAUTH_API __declspec(dllexport)
#else
#define IPWORKSAUTH_API
#endif
#define IPWORKSAUTH_CALL __stdcall
#else
#define IPWORKSAUTH_API __attribute__((visibility("default")))
#define IPWORKSAUTH_CALL
#endif

#endif /* IPWORKSAUTH_API_H */
